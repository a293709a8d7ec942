"""The theme classifier: PhoBERT and n-grams, a probability a theme, over windows of a paragraph."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from canbo.data.errors import UserError
from canbo.data.themes import ThemeScheme, parse_theme_scheme
from canbo.models.batching import length_batches
from canbo.models.calibration import Calibration, sigmoid
from canbo.models.devices import device_or_default
from canbo.models.evidence import attribute, evidence_spans, word_weights
from canbo.models.lexical import LEXICAL_FILE, LexicalModel
from canbo.models.phobert_tokenizer import MAX_LENGTH, load_tokenizer
from canbo.models.predictions import EvidenceSpan, ThemePrediction
from canbo.models.segmentation import load_segmenter
from canbo.models.text_encoding import EncodingSpec, Window, encode_windows, segment_for_model

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

    from canbo.models.phobert_fast import PhobertTokenizerFast
    from canbo.models.roberta import Precision, RobertaClassifier
    from canbo.models.saved_tokenizer import SavedTokenizer
    from canbo.models.segmentation import Segmenter

__all__ = ["CONFIG_KEY", "ClassifierError", "ThemeClassifier", "WindowLogits", "best_windows"]

# The encoder's rise against the n-grams' from which on its own attributions are worth their cost:
# at 3 no deletion or sufficiency is lost against 1, and hardly any theme needs them.
_LEAD = 3.0
# Where a checkpoint's config.json keeps what plain transformers has no field for.
CONFIG_KEY = "canbo"


class ClassifierError(UserError):
    """A checkpoint is not a theme classifier; the message says which and what to do."""


@dataclass(frozen=True)
class WindowLogits:
    """What the encoder says of windows, and what a lexical model reads there.

    Attributes:
        texts: for each window the index of its text, of shape (windows,), ascending.
        forms: for each window its words.
        encoder: the encoder's logits, of shape (windows, themes).
    """

    texts: npt.NDArray[np.int64]
    forms: list[list[str]]
    encoder: npt.NDArray[np.float64]


class ThemeClassifier:
    """Assigns themes to paragraphs.

    A paragraph longer than the model's window is read in overlapping windows; the probability of
    a theme is its maximum over them. Where the checkpoint has a lexical model and a calibration
    (`canbo train calibration`), a window's probability is that of both together; otherwise it is
    the encoder's own.

    Attributes:
        source: where it was loaded from.
        scheme_ids: its themes, in the order of its outputs.
        scheme: their names, colours and definitions, when the checkpoint carries them; None when
            it was trained with the scheme that ships with canbo.
        thresholds: probability from which each theme is assigned.
        uncertain: for each theme the probabilities from which and below which a person should
            look; empty for a checkpoint that does not say.
        is_calibrated: whether probabilities are more than the encoder's own.
        segmenter: finds the words of its input.
        encoding: how it reads texts, for other processes; None when it was not loaded from files.
        packed: scores its windows on a CPU; None for other devices and architectures.
        encoded_ahead: gives texts' windows in the place of its own tokenizer and segmenter.
    """

    def __init__(
        self,
        model: PreTrainedModel | RobertaClassifier,
        tokenizer: PhobertTokenizerFast | SavedTokenizer,
        segmenter: Segmenter,
        *,
        source: str,
        lexical: LexicalModel | None = None,
        precision: Precision = "float32",
    ) -> None:
        """Wrap a loaded multi-label model.

        Args:
            model: a sequence classification model with ``problem_type``
                ``multi_label_classification``.
            tokenizer: its fast PhoBERT tokenizer.
            segmenter: the segmenter that it was trained with.
            source: where it was loaded from, for records.
            lexical: the linear model beside it, when the checkpoint has one.
            precision: as for `from_pretrained`; only a `canbo.models.roberta.RobertaClassifier`
                has another than ``"float32"``.

        Raises:
            ClassifierError: the model is not a multi-label classifier, carries the names of
                other themes than it gives, or a calibration that does not fit its parts.
            canbo.models.calibration.CalibrationError: the calibration is not of the form.
            canbo.data.themes.ThemeSchemeError: the scheme that it carries is not of the form.
        """
        config: Any = model.config
        if config.problem_type != "multi_label_classification":
            raise ClassifierError(
                f"{source} is not fine-tuned for themes; fine-tune it first: "
                "canbo train classifier configs/classifier/phobert-base.yaml"
            )
        # Evidence differentiates by the input alone; gradients of the weights would be waste.
        self._model: Any = model.eval().requires_grad_(False)
        from canbo.models.roberta import packed_scorer

        self.packed = packed_scorer(model, precision)
        self.encoding: EncodingSpec | None = None
        self.encoded_ahead: Callable[[Sequence[str]], list[Window]] | None = None
        self._tokenizer: Any = tokenizer
        self.segmenter = segmenter
        self.source = source
        self.scheme_ids = tuple(config.id2label[index] for index in range(config.num_labels))
        settings = getattr(config, CONFIG_KEY, None) or {}
        self.scheme: ThemeScheme | None = None
        if "scheme" in settings:
            self.scheme = parse_theme_scheme(settings["scheme"], f"{source}/config.json")
            if self.scheme.ids != self.scheme_ids:
                raise ClassifierError(
                    f"{source}/config.json: '{CONFIG_KEY}.scheme' holds the themes "
                    f"{', '.join(self.scheme.ids)} but 'id2label' {', '.join(self.scheme_ids)}; "
                    "make them equal"
                )
        self.thresholds: dict[str, float] = {
            theme: settings.get("thresholds", {}).get(theme, 0.5) for theme in self.scheme_ids
        }
        self._lexical = lexical
        self._calibration = Calibration.identity(len(self.scheme_ids))
        self.is_calibrated = "calibration" in settings
        if self.is_calibrated:
            where = f"{source}/config.json: '{CONFIG_KEY}.calibration'"
            self._calibration = Calibration.from_settings(
                settings["calibration"], self.scheme_ids, where
            )
        if self._calibration.lexical is not None and (
            lexical is None or lexical.themes != len(self.scheme_ids)
        ):
            raise ClassifierError(
                f"{source}: its calibration counts on {LEXICAL_FILE} of the same themes, which is "
                "not there; copy it into the folder, or run canbo train calibration again"
            )
        self.uncertain: dict[str, tuple[float, float]] = {
            theme: (low, high) for theme, (low, high) in settings.get("uncertain", {}).items()
        }
        # Windows as long as the training paragraphs: in a longer one a single clause is diluted.
        self._max_length: int = settings.get(
            "max_length", min(MAX_LENGTH, config.max_position_embeddings - 2)
        )

    @classmethod
    def from_pretrained(
        cls,
        source: str | Path | None = None,
        *,
        device: str | None = None,
        precision: Precision = "float32",
    ) -> ThemeClassifier:
        """Load a fine-tuned classifier.

        Args:
            source: folder or hub id; None loads the one that ships with canbo.
            device: ``"cpu"``, ``"cuda"`` or another torch device; None takes a GPU if there is one.
            precision: of the encoder's matrix products for the scores; ``"int8"`` is faster, on a
                CPU only: elsewhere they stay ``"float32"``.

        Raises:
            ClassifierError: the checkpoint is not a theme classifier.
            OSError: it cannot be found or read.
        """
        if source is None:
            with as_file(files("canbo.models") / "embedded" / "classifier") as folder:
                return cls._load(str(folder), "embedded", device, precision)
        return cls._load(str(source), str(source), device, precision)

    @classmethod
    def _load(
        cls, location: str, source: str, device: str | None, precision: Precision
    ) -> ThemeClassifier:
        import torch

        from canbo.models.roberta import load_roberta
        from canbo.models.saved_tokenizer import load_saved_tokenizer

        model: Any = load_roberta(Path(location))
        if model is None:
            from transformers import AutoModelForSequenceClassification

            model = AutoModelForSequenceClassification.from_pretrained(
                location, dtype=torch.float32, use_safetensors=True
            )
        settings = getattr(model.config, CONFIG_KEY, None) or {}
        lexical = None
        if any("lexical" in weights for weights in settings.get("calibration", {}).values()):
            lexical = LexicalModel.from_file(_find_file(location, LEXICAL_FILE))
        loaded = cls(
            model.to(device_or_default(device)),
            load_saved_tokenizer(Path(location), model.config.vocab_size)
            or load_tokenizer(location),
            load_segmenter(settings.get("segmenter", "canbo")),
            source=source,
            lexical=lexical,
            precision=precision,
        )
        loaded.encoding = EncodingSpec(
            location, loaded.segmenter.name, loaded._max_length, model.config.vocab_size
        )
        return loaded

    @property
    def model(self) -> PreTrainedModel | RobertaClassifier:
        """The encoder with its classification head."""
        model: PreTrainedModel | RobertaClassifier = self._model
        return model

    @property
    def precision(self) -> Precision:
        """Of the encoder's matrix products for the scores, whatever was asked for."""
        return self.packed.precision if self.packed else "float32"

    @property
    def max_length(self) -> int:
        """Tokens in a window at most, special tokens included."""
        return self._max_length

    def encoder_alone(self) -> ThemeClassifier:
        """The same classifier without its lexical model and calibration, for comparison.

        Its thresholds and bands of uncertainty belong to the calibrated probabilities.
        """
        alone = copy.copy(self)
        alone._lexical = None
        alone._calibration = Calibration.identity(len(self.scheme_ids))
        alone.is_calibrated = False
        return alone

    def window_logits(self, texts: Sequence[str], *, batch_size: int = 32) -> WindowLogits:
        """What the encoder says of each window, before calibration.

        Args:
            texts: n paragraphs as a reader sees them: not segmented, NFC.
            batch_size: windows a forward pass.
        """
        windows = self._windows(texts)
        return WindowLogits(
            texts=np.array([window.text for window in windows], dtype=np.int64),
            forms=[window.own_forms for window in windows],
            encoder=self._encoder_logits(windows, batch_size),
        )

    def word_forms(self, texts: Sequence[str]) -> list[list[str]]:
        """Words of paragraphs as a lexical model reads them.

        Args:
            texts: paragraphs as a reader sees them: not segmented, NFC.
        """
        return [joined.split() for joined, _ in segment_for_model(self.segmenter, texts)]

    def predict(
        self, texts: Sequence[str], *, batch_size: int = 32, evidence: bool = True
    ) -> list[ThemePrediction]:
        """Assign themes to paragraphs.

        Args:
            texts: n paragraphs as a reader sees them: not segmented, NFC.
            batch_size: windows a forward pass.
            evidence: also find the words that carry each assigned theme.

        Returns:
            n predictions in the order of ``texts``.
        """
        if not texts:
            return []
        windows = self._windows(texts)
        encoder, lexical = self._encoder_logits(windows, batch_size), self._lexical_logits(windows)
        logits = self._calibration.logits(encoder, lexical)
        best = best_windows([window.text for window in windows], logits)
        scores = sigmoid(np.take_along_axis(logits, best, axis=0))
        assigned = scores >= np.array([self.thresholds[theme] for theme in self.scheme_ids])
        pairs = [(int(text), int(theme)) for text, theme in np.argwhere(assigned)]
        spans = self._evidence(texts, windows, best, pairs, encoder, lexical) if evidence else {}
        return [
            ThemePrediction(
                themes=tuple(
                    theme_id
                    for theme_id, given in zip(self.scheme_ids, assigned[text], strict=True)
                    if given
                ),
                scores=dict(zip(self.scheme_ids, row, strict=True)),
                evidence=tuple(
                    sorted(
                        (
                            span
                            for theme in range(len(self.scheme_ids))
                            for span in spans.get((text, theme), ())
                        ),
                        key=lambda span: (span.start, span.end),
                    )
                ),
                uncertain=self._uncertain_themes(row),
            )
            for text, row in enumerate(scores.tolist())
        ]

    def _uncertain_themes(self, scores: Sequence[float]) -> tuple[str, ...]:
        found = []
        for theme, score in zip(self.scheme_ids, scores, strict=True):
            low, high = self.uncertain.get(theme, (1.0, 0.0))
            if low <= score < high:
                found.append(theme)
        return tuple(found)

    def _windows(self, texts: Sequence[str]) -> list[Window]:
        if self.encoded_ahead is not None:
            return self.encoded_ahead(texts)
        return encode_windows(self._tokenizer, self.segmenter, texts, max_length=self._max_length)

    def _encoder_logits(
        self, windows: Sequence[Window], batch_size: int
    ) -> npt.NDArray[np.float64]:
        import torch

        if self.packed is not None:
            packed: npt.NDArray[np.float64] = (
                self.packed.logits([window.ids for window in windows]).double().numpy()
            )
            return packed
        logits = np.zeros((len(windows), len(self.scheme_ids)))
        for rows in length_batches([len(window.ids) for window in windows], batch_size):
            with torch.inference_mode():
                found = self._model(**self._pad([windows[row].ids for row in rows])).logits
            logits[rows] = found.float().cpu().numpy()
        return logits

    def _lexical_logits(self, windows: Sequence[Window]) -> npt.NDArray[np.float64] | None:
        if self._lexical is None:
            return None
        return self._lexical.logits([window.own_forms for window in windows])

    def _evidence(
        self,
        texts: Sequence[str],
        windows: Sequence[Window],
        best: npt.NDArray[np.int64],
        assigned: Sequence[tuple[int, int]],
        encoder: npt.NDArray[np.float64],
        lexical: npt.NDArray[np.float64] | None,
    ) -> dict[tuple[int, int], list[EvidenceSpan]]:
        """Spans for each assigned text and theme.

        Where n-grams have a part in a theme's rise, their exact shares say what carries it: with
        those words the encoder's part goes too (train/LOG.md). Elsewhere the encoder's own
        attributions, at a hundred times the cost, are added.
        """
        chosen = [windows[best[text][theme]] for text, theme in assigned]
        weights = self._lexical_weights(chosen, [theme for _, theme in assigned])
        found: dict[tuple[int, int], list[EvidenceSpan]] = {}
        for (text, theme), window, words in zip(assigned, chosen, weights, strict=True):
            row = best[text][theme]
            if lexical is None or self._encoder_leads(theme, encoder[row], lexical[row]):
                shares = attribute(self._model, window.ids, theme, self._tokenizer)
                for word, weight in word_weights(window, shares).items():
                    words[word] = words.get(word, 0.0) + self._calibration.encoder[theme] * weight
            found[text, theme] = evidence_spans(texts[text], window, words, self.scheme_ids[theme])
        return found

    def _lexical_weights(
        self, windows: Sequence[Window], themes: Sequence[int]
    ) -> list[dict[int, float]]:
        """What each word of a window adds to a theme's calibrated logit through the n-grams."""
        scale = self._calibration.lexical
        if self._lexical is None or scale is None or not windows:
            return [{} for _ in windows]
        shares = self._lexical.contributions([window.own_forms for window in windows], themes)
        return [
            dict(enumerate((scale[theme] * row).tolist(), start=window.own_words[0]))
            for window, theme, row in zip(windows, themes, shares, strict=True)
        ]

    def _encoder_leads(
        self, theme: int, encoder: npt.NDArray[np.float64], lexical: npt.NDArray[np.float64]
    ) -> bool:
        """Whether the encoder raised a window's calibrated logit far more than the n-grams did."""
        assert self._lexical is not None and self._calibration.lexical is not None
        by_encoder = self._calibration.encoder[theme] * (encoder[theme] - self._at_rest[theme])
        by_ngrams = self._calibration.lexical[theme] * (lexical[theme] - self._lexical.bias[theme])
        return bool(by_encoder > _LEAD * by_ngrams)

    @cached_property
    def _at_rest(self) -> npt.NDArray[np.float64]:
        """The encoder's logits of a text without a word."""
        nothing = encode_windows(self._tokenizer, self.segmenter, [""], max_length=self._max_length)
        return np.asarray(self._encoder_logits(nothing, 1)[0])

    def _pad(self, rows: Sequence[list[int]]) -> dict[str, torch.Tensor]:
        import torch

        longest = max(map(len, rows))
        pad = self._tokenizer.pad_token_id
        ids = torch.tensor([row + [pad] * (longest - len(row)) for row in rows])
        batch: dict[str, Any] = {"input_ids": ids, "attention_mask": (ids != pad).long()}
        return {name: tensor.to(self._model.device) for name, tensor in batch.items()}


def _find_file(location: str, name: str) -> Path:
    """A file beside the model; raises an OSError where there is none."""
    if Path(location).is_dir():
        return Path(location) / name
    from transformers.utils.hub import cached_file

    return Path(str(cached_file(location, name)))


def best_windows(texts: Sequence[int], logits: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Find, for every text and theme, the window in which the theme's logit is highest.

    Args:
        texts: index of each window's text, ascending, each at least once.
        logits: of shape (windows, themes).
    """
    starts = np.flatnonzero(np.diff(texts, prepend=-1))
    ends = np.append(starts[1:], len(texts))
    return np.array(
        [first + logits[first:end].argmax(axis=0) for first, end in zip(starts, ends, strict=True)],
        dtype=np.int64,
    )
