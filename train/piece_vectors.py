"""Embeddings that know which pieces are alike, for a sequence-to-sequence model from nothing.

word2vec (CBOW; Mikolov et al. 2013) learns them from the training sources in a minute, and a
whitening makes every direction as long as every other: T5 starts from embeddings of variance one,
and the copying circuit tells tokens apart by directions that must not be shared by all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from transformers import T5ForConditionalGeneration

__all__ = ["start_with_word_vectors"]

_WINDOW = 6
_NEGATIVE = 8
_EPOCHS = 3


def start_with_word_vectors(
    model: T5ForConditionalGeneration, sequences: Iterable[Sequence[int]], seed: int
) -> None:
    """Put word vectors in the place of the model's random embeddings.

    Args:
        model: freshly initialised; pieces that the sequences hold fewer than twice keep their
            random embedding.
        sequences: token ids of the training sources.
        seed: of word2vec.
    """
    import torch
    from gensim.models import Word2Vec

    # gensim's words are strings.
    lines = [[str(id_) for id_ in ids] for ids in sequences]
    learnt: Any = Word2Vec(
        lines,
        vector_size=model.config.d_model,
        window=_WINDOW,
        negative=_NEGATIVE,
        sg=0,
        min_count=2,
        sample=1e-4,
        epochs=_EPOCHS,
        workers=1,  # more threads make the result vary
        seed=seed,
    )
    known = torch.tensor([int(word) for word in learnt.wv.index_to_key])
    with torch.no_grad():
        model.shared.weight[known] = torch.from_numpy(whiten(learnt.wv.vectors))


def whiten(vectors: np.ndarray) -> np.ndarray:
    """Rotate nothing, but give the vectors mean zero and unit covariance (ZCA).

    Args:
        vectors: shape (n, width), n > width.

    Returns:
        The same shape, float32.
    """
    import numpy as np

    centred = vectors - vectors.mean(axis=0)
    variances, directions = np.linalg.eigh(centred.T @ centred / len(centred))
    floor = 1e-6 * variances.max()
    scaled = directions / np.sqrt(np.maximum(variances, floor))
    return np.asarray(centred @ scaled @ directions.T, dtype=np.float32)
