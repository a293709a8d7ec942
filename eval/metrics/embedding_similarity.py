"""Likeness of meaning by contextual embeddings, without a hub: BERTScore and mean vectors.

``evaluate.load("eval/metrics/embedding_similarity.py")`` works with no network; its loader reads
this file line by line, so every import stands on a line of its own.

BERTScore (Zhang et al., 2020): every token of one text is matched with the token of the other
whose vector has the highest cosine; the mean over the prediction's tokens is the precision, over
the reference's the recall. Special tokens are left out. The encoder is the one of the shipped
theme classifier, or PhoBERT where a folder or hub id names it. Figures of different encoders do
not compare, nor do they with `bert_score`'s: cosines of a small encoder are high for any two
texts, so differences count, not heights.

The vectors are those of the middle layer: the last ones of a fine-tuned classifier know little
beyond its themes. For 200 vietnews validation articles, the sentence likest to the abstract was
likelier to be of its own article than of another for 92% with the first of the shipped encoder's
two layers, for 71% with the second.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

import datasets
import evaluate
import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

    from canbo.models.segmentation import Segmenter

__all__ = [
    "EmbeddingSimilarity",
    "TextEmbedding",
    "TextEncoder",
    "embedding_means",
    "embedding_scores",
    "greedy_match",
]


@dataclass(frozen=True)
class TextEmbedding:
    """Tokens of one text as an encoder sees them.

    Attributes:
        ids: token ids without special tokens, of shape (tokens,).
        vectors: their contextual vectors, of length 1, of shape (tokens, width).
    """

    ids: npt.NDArray[np.int64]
    vectors: npt.NDArray[np.float32]


class TextEncoder:
    """Turns texts into contextual token vectors."""

    def __init__(
        self, model: PreTrainedModel, tokenizer: PreTrainedTokenizerFast, segmenter: Segmenter
    ) -> None:
        """Wrap a loaded encoder.

        Args:
            model: an encoder without a head.
            tokenizer: its fast PhoBERT tokenizer.
            segmenter: the segmenter that it was trained with.
        """
        self._model = model.eval().requires_grad_(False)  # type: ignore[no-untyped-call]
        self._tokenizer, self._segmenter = tokenizer, segmenter

    @classmethod
    def from_pretrained(
        cls, source: str | Path | None = None, *, device: str | None = None
    ) -> TextEncoder:
        """Load an encoder.

        Args:
            source: folder or hub id of a PhoBERT, fine-tuned or not; None takes the encoder of the
                classifier that ships with canbo.
            device: torch device; None takes a GPU if there is one.

        Raises:
            OSError: it cannot be found or read.
            canbo.models.phobert_tokenizer.TokenizerFilesError: it has no PhoBERT vocabulary.
        """
        import torch
        import transformers

        from canbo.models.classifier import CONFIG_KEY
        from canbo.models.devices import device_or_default
        from canbo.models.phobert_tokenizer import load_tokenizer
        from canbo.models.segmentation import load_segmenter

        shipped = files("canbo.models") / "embedded" / "classifier"
        with as_file(shipped) if source is None else nullcontext(source) as location:
            config = transformers.AutoConfig.from_pretrained(location)
            # The class that it was saved as; AutoModel would warn of every weight of a head.
            architecture = (config.architectures or ["AutoModel"])[0]
            model = getattr(transformers, architecture).from_pretrained(
                location, dtype=torch.float32, use_safetensors=True
            )
            settings = getattr(config, CONFIG_KEY, None) or {}
            return cls(
                model.base_model.to(device_or_default(device)),
                load_tokenizer(location),
                load_segmenter(settings.get("segmenter", "canbo")),
            )

    def encode(self, texts: Sequence[str], *, batch_size: int = 32) -> list[TextEmbedding]:
        """Encode texts; one that is longer than the encoder's window is read in several.

        Args:
            texts: n NFC texts, not segmented.
            batch_size: windows a forward pass.

        Returns:
            n embeddings in order, with no token for a blank text.
        """
        import torch

        from canbo.models.batching import length_batches
        from canbo.models.text_encoding import encode_windows

        if not texts:
            return []
        windows = encode_windows(
            self._tokenizer,
            self._segmenter,
            texts,
            max_length=self._model.config.max_position_embeddings - 2,
            overlap=0,
        )
        vectors: list[npt.NDArray[np.float32]] = [np.empty(0, np.float32)] * len(windows)
        for rows in length_batches([len(window.ids) for window in windows], batch_size):
            batch = self._tokenizer.pad(
                {"input_ids": [windows[row].ids for row in rows]}, return_tensors="pt"
            ).to(self._model.device)
            with torch.inference_mode():
                layers = self._model(**batch, output_hidden_states=True).hidden_states
                states = layers[len(layers) // 2]
                states = torch.nn.functional.normalize(states, dim=-1).cpu().numpy()
            for row, state in zip(rows, states, strict=True):
                vectors[row] = state
        ids_of: list[list[int]] = [[] for _ in texts]
        vectors_of: list[list[npt.NDArray[np.float32]]] = [[] for _ in texts]
        for window, found in zip(windows, vectors, strict=True):
            for place, word in enumerate(window.words):
                if word >= 0:
                    ids_of[window.text].append(window.ids[place])
                    vectors_of[window.text].append(found[place])
        width = self._model.config.hidden_size
        return [
            TextEmbedding(np.array(ids, dtype=np.int64), np.array(rows).reshape(len(ids), width))
            for ids, rows in zip(ids_of, vectors_of, strict=True)
        ]


def greedy_match(
    prediction: npt.ArrayLike,
    reference: npt.ArrayLike,
    prediction_weights: npt.ArrayLike | None = None,
    reference_weights: npt.ArrayLike | None = None,
) -> tuple[float, float, float]:
    """BERTScore of two texts.

    Args:
        prediction: vectors of length 1, of shape (m, width).
        reference: likewise, of shape (n, width).
        prediction_weights: weight of each token of the prediction, of shape (m,); None weighs
            all alike.
        reference_weights: likewise, of shape (n,).

    Returns:
        Precision, recall and F. All are 0 where a text has no token or weight.
    """
    ours, theirs = np.asarray(prediction, np.float64), np.asarray(reference, np.float64)
    if not len(ours) or not len(theirs):
        return 0.0, 0.0, 0.0
    cosines = ours @ theirs.T
    precision = _weighted_mean(cosines.max(axis=1), prediction_weights)
    recall = _weighted_mean(cosines.max(axis=0), reference_weights)
    total = precision + recall
    return precision, recall, 2 * precision * recall / total if total > 0 else 0.0


def _weighted_mean(values: npt.NDArray[np.float64], weights: npt.ArrayLike | None) -> float:
    if weights is None:
        return float(values.mean())
    weight = np.asarray(weights, np.float64)
    return float(values @ weight / weight.sum()) if weight.any() else 0.0


def embedding_scores(
    encoder: TextEncoder,
    predictions: Sequence[str],
    references: Sequence[str],
    *,
    idf: bool = False,
) -> list[dict[str, float]]:
    """Compare each prediction with its reference.

    Args:
        encoder: of the tokens.
        predictions: the summaries.
        references: one a prediction.
        idf: weigh tokens by ``log((texts + 1) / (texts with it + 1))`` over the references, so
            that rare ones count more.

    Returns:
        For each pair ``bertscore_precision``, ``bertscore_recall``, ``bertscore_f1`` and
        ``cosine`` (of the two mean vectors; 0 where a text has no token).

    Raises:
        ValueError: the two lists are not of one length.
    """
    if len(predictions) != len(references):
        raise ValueError(f"{len(predictions)} predictions, but {len(references)} references")
    ours, theirs = encoder.encode(predictions), encoder.encode(references)
    weights = _idf(theirs) if idf else None
    return [
        _compare(prediction, reference, weights)
        for prediction, reference in zip(ours, theirs, strict=True)
    ]


def _idf(texts: Sequence[TextEmbedding]) -> Callable[[int], float]:
    found = Counter(token for text in texts for token in set(text.ids.tolist()))
    return lambda token: math.log((len(texts) + 1) / (found[token] + 1))


def _compare(
    prediction: TextEmbedding, reference: TextEmbedding, weigh: Callable[[int], float] | None
) -> dict[str, float]:
    precision, recall, f1 = greedy_match(
        prediction.vectors,
        reference.vectors,
        weigh and [weigh(token) for token in prediction.ids.tolist()],
        weigh and [weigh(token) for token in reference.ids.tolist()],
    )
    return {
        "bertscore_precision": precision,
        "bertscore_recall": recall,
        "bertscore_f1": f1,
        "cosine": _cosine(prediction.vectors.sum(axis=0), reference.vectors.sum(axis=0)),
    }


def _cosine(left: npt.NDArray[np.float32], right: npt.NDArray[np.float32]) -> float:
    norms = float(np.linalg.norm(left) * np.linalg.norm(right))
    return float(left @ right) / norms if norms else 0.0


def embedding_means(
    encoder: TextEncoder,
    predictions: Sequence[str],
    references: Sequence[str],
    *,
    idf: bool = False,
) -> dict[str, float]:
    """Means of `embedding_scores` over the pairs.

    Raises:
        ValueError: no pair is given, or the two lists are not of one length.
    """
    scores = embedding_scores(encoder, predictions, references, idf=idf)
    if not scores:
        raise ValueError("similarity of no summaries: predictions and references are empty")
    return {name: sum(row[name] for row in scores) / len(scores) for name in scores[0]}


class EmbeddingSimilarity(evaluate.Metric):  # type: ignore[misc]
    """``compute(predictions, references, source=None, idf=False)`` for ``evaluate``.

    ``source`` is what `TextEncoder.from_pretrained` takes.
    """

    def _info(self) -> evaluate.MetricInfo:
        text = datasets.Value("string")
        return evaluate.MetricInfo(
            description="BERTScore and cosine of mean vectors.",
            citation="",
            inputs_description=embedding_scores.__doc__ or "",
            features=datasets.Features({"predictions": text, "references": text}),
        )

    def _compute(
        self,
        predictions: list[str],
        references: list[str],
        source: str | None = None,
        idf: bool = False,
    ) -> dict[str, float]:
        encoder = TextEncoder.from_pretrained(source)
        return embedding_means(encoder, predictions, references, idf=idf)
