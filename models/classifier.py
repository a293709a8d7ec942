"""The theme classifier: PhoBERT with one sigmoid a theme, over windows of a paragraph."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from canbo.data.errors import UserError
from canbo.data.themes import ThemeScheme, parse_theme_scheme
from canbo.models.batching import length_batches
from canbo.models.evidence import Attribution, attribute, evidence_spans
from canbo.models.phobert_tokenizer import MAX_LENGTH, load_tokenizer
from canbo.models.predictions import EvidenceSpan, ThemePrediction
from canbo.models.segmentation import load_segmenter
from canbo.models.text_encoding import Window, encode_windows

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

    from canbo.models.segmentation import Segmenter

__all__ = ["CONFIG_KEY", "ClassifierError", "ThemeClassifier"]

# Where a checkpoint's config.json keeps what plain transformers has no field for.
CONFIG_KEY = "canbo"


class ClassifierError(UserError):
    """A checkpoint is not a theme classifier; the message says which and what to do."""


class ThemeClassifier:
    """Assigns themes to paragraphs.

    A paragraph longer than the model's window is read in overlapping windows; the probability of
    a theme is its maximum over them.

    Attributes:
        source: where it was loaded from.
        scheme_ids: its themes, in the order of its outputs.
        scheme: their names, colours and definitions, when the checkpoint carries them; None when
            it was trained with the scheme that ships with canbo.
        thresholds: probability from which each theme is assigned.
    """

    def __init__(
        self,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerFast,
        segmenter: Segmenter,
        *,
        source: str,
    ) -> None:
        """Wrap a loaded multi-label model.

        Args:
            model: a sequence classification model with ``problem_type``
                ``multi_label_classification``.
            tokenizer: its fast PhoBERT tokenizer.
            segmenter: the segmenter that it was trained with.
            source: where it was loaded from, for records.

        Raises:
            ClassifierError: the model is not a multi-label classifier, or carries the names of
                other themes than it gives.
            canbo.data.themes.ThemeSchemeError: the scheme that it carries is not of the form.
        """
        config: Any = model.config
        if config.problem_type != "multi_label_classification":
            raise ClassifierError(
                f"{source} is not fine-tuned for themes; fine-tune it first: "
                "canbo train classifier configs/classifier/phobert-base.yaml"
            )
        # Evidence differentiates by the input alone; gradients of the weights would be waste.
        self._model = model.eval().requires_grad_(False)  # type: ignore[no-untyped-call]
        self._tokenizer = tokenizer
        self._segmenter = segmenter
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
        # Windows as long as the training paragraphs: in a longer one a single clause is diluted.
        self._max_length: int = settings.get(
            "max_length", min(MAX_LENGTH, config.max_position_embeddings - 2)
        )

    @classmethod
    def from_pretrained(
        cls, source: str | Path | None = None, *, device: str | None = None
    ) -> ThemeClassifier:
        """Load a fine-tuned classifier.

        Args:
            source: folder or hub id; None loads the one that ships with canbo.
            device: ``"cpu"``, ``"cuda"`` or another torch device; None takes a GPU if there is one.

        Raises:
            ClassifierError: the checkpoint is not a theme classifier.
            OSError: it cannot be found or read.
        """
        if source is None:
            with as_file(files("canbo.models") / "embedded" / "classifier") as folder:
                return cls._load(str(folder), "embedded", device)
        return cls._load(str(source), str(source), device)

    @classmethod
    def _load(cls, location: str, source: str, device: str | None) -> ThemeClassifier:
        import torch
        from transformers import AutoModelForSequenceClassification

        model = AutoModelForSequenceClassification.from_pretrained(
            location, dtype=torch.float32, use_safetensors=True
        )
        settings = getattr(model.config, CONFIG_KEY, None) or {}
        return cls(
            model.to(device or ("cuda" if torch.cuda.is_available() else "cpu")),
            load_tokenizer(location),
            load_segmenter(settings.get("segmenter", "canbo")),
            source=source,
        )

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
        windows = encode_windows(
            self._tokenizer, self._segmenter, texts, max_length=self._max_length
        )
        scores = self._score(windows, batch_size)
        best = self._best_windows(windows, scores, len(texts))
        assigned = [
            (text, theme)
            for text, row in enumerate(best)
            for theme, window in enumerate(row)
            if scores[window][theme] >= self.thresholds[self.scheme_ids[theme]]
        ]
        spans = self._evidence(windows, best, assigned, texts, batch_size) if evidence else {}
        themes_of: list[list[int]] = [[] for _ in texts]
        spans_of: list[list[EvidenceSpan]] = [[] for _ in texts]
        for text, theme in assigned:
            themes_of[text].append(theme)
            spans_of[text].extend(spans.get((text, theme), ()))
        return [
            ThemePrediction(
                themes=tuple(self.scheme_ids[theme] for theme in themes_of[text]),
                scores={
                    theme_id: scores[window][theme]
                    for theme, (theme_id, window) in enumerate(
                        zip(self.scheme_ids, best[text], strict=True)
                    )
                },
                evidence=tuple(sorted(spans_of[text], key=lambda span: (span.start, span.end))),
            )
            for text in range(len(texts))
        ]

    def _score(self, windows: Sequence[Window], batch_size: int) -> list[list[float]]:
        import torch

        scores: list[list[float]] = [[] for _ in windows]
        for rows in length_batches([len(window.ids) for window in windows], batch_size):
            with torch.inference_mode():
                logits = self._model(**self._pad([windows[row].ids for row in rows])).logits
            for row, probabilities in zip(rows, logits.sigmoid().tolist(), strict=True):
                scores[row] = probabilities
        return scores

    def _best_windows(
        self, windows: Sequence[Window], scores: Sequence[Sequence[float]], texts: int
    ) -> list[list[int]]:
        """Find, for every text and theme, the window in which the theme scores highest."""
        best: list[list[int]] = [[-1] * len(self.scheme_ids) for _ in range(texts)]
        for index, window in enumerate(windows):
            row = best[window.text]
            for theme, score in enumerate(scores[index]):
                if row[theme] < 0 or score > scores[row[theme]][theme]:
                    row[theme] = index
        return best

    def _evidence(
        self,
        windows: Sequence[Window],
        best: Sequence[Sequence[int]],
        assigned: Sequence[tuple[int, int]],
        texts: Sequence[str],
        batch_size: int,
    ) -> dict[tuple[int, int], list[EvidenceSpan]]:
        wanted = [
            Attribution(ids=windows[best[text][theme]].ids, label=theme) for text, theme in assigned
        ]
        found: dict[tuple[int, int], list[EvidenceSpan]] = {}
        for rows in length_batches([len(item.ids) for item in wanted], max(1, batch_size // 4)):
            batch = self._pad([wanted[row].ids for row in rows])
            labels = [wanted[row].label for row in rows]
            for row, attributions in zip(
                rows, attribute(self._model, batch, labels, self._tokenizer), strict=True
            ):
                text, theme = assigned[row]
                found[text, theme] = evidence_spans(
                    texts[text], windows[best[text][theme]], attributions, self.scheme_ids[theme]
                )
        return found

    def _pad(self, rows: Sequence[list[int]]) -> dict[str, torch.Tensor]:
        import torch

        longest = max(map(len, rows))
        pad = self._tokenizer.pad_token_id
        ids = torch.tensor([row + [pad] * (longest - len(row)) for row in rows])
        batch: dict[str, Any] = {"input_ids": ids, "attention_mask": (ids != pad).long()}
        return {name: tensor.to(self._model.device) for name, tensor in batch.items()}
