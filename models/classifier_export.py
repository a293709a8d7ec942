"""A theme classifier's encoder in ONNX, for programs without PyTorch."""

from __future__ import annotations

import json
import shutil
import warnings
from importlib.resources import as_file, files
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from canbo.data.provenance import folder_sha256
from canbo.models.classifier import ClassifierError, ThemeClassifier
from canbo.models.lexical import LEXICAL_FILE
from canbo.models.phobert_tokenizer import STOCK_FILES

if TYPE_CHECKING:
    from torch import nn

__all__ = ["export_onnx"]

_MODEL_FILE = "model.onnx"
_RECORD_FILE = "onnx.json"
_COPIED = (
    "config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    *STOCK_FILES,
    LEXICAL_FILE,
)
_TOLERANCE = 1e-4  # of a logit
_SAMPLES = 16

_Batch = dict[str, npt.NDArray[np.int64]]


def export_onnx(location: str, output: Path) -> Path:
    """Write ``model.onnx`` and what is needed to use it.

    It takes int64 ``input_ids`` and ``attention_mask`` of shape (n, t), any n and t, and gives
    ``logits`` of shape (n, themes): the encoder's, in the order of ``id2label`` in the
    ``config.json`` beside it, before the n-grams and the calibration that a checkpoint may have,
    which are copied. It is run beside PyTorch on paragraphs of the shipped data before this
    returns; ``onnx.json`` holds the largest difference.

    Args:
        location: folder of a classifier.
        output: folder to make; must not hold files.

    Returns:
        The folder.

    Raises:
        ClassifierError: the checkpoint is no theme classifier, the output folder is not empty, or
            ONNX Runtime's logits are not within 1e-4 of PyTorch's.
        OSError: the checkpoint cannot be found or read.
        ImportError: the onnx extra is not installed.
    """
    import onnxruntime
    import onnxscript  # noqa: F401  PyTorch's exporter asks for it late and by another error.

    folder = Path(location)
    if not folder.is_dir():
        raise ClassifierError(f"{location}: is no folder; download the model and name its folder")
    if output.exists() and any(output.iterdir()):
        raise ClassifierError(f"{output}: is not empty; give another --output")
    classifier = ThemeClassifier.from_pretrained(folder, device="cpu")
    samples = _samples(classifier)
    output.mkdir(parents=True, exist_ok=True)
    module = _logits_module(classifier.model)
    _convert(module, _padded(samples[:2]), output / _MODEL_FILE)
    session = onnxruntime.InferenceSession(
        str(output / _MODEL_FILE), providers=["CPUExecutionProvider"]
    )
    # One row alone, rows of like lengths, and all together: with and without padding.
    differences = [
        _difference(session, module, _padded(rows)) for rows in (samples[:1], samples[1:4], samples)
    ]
    if not max(differences) <= _TOLERANCE:
        raise ClassifierError(
            f"{location}: ONNX Runtime's logits differ by {max(differences):.2g} from PyTorch's;"
            f" do not use {output / _MODEL_FILE}"
        )
    for name in _COPIED:
        if (folder / name).is_file():
            shutil.copyfile(folder / name, output / name)
    record = {
        "made_from": {"source": folder.name, "sha256": folder_sha256(folder)},
        "max_length": classifier.max_length,
        "paragraphs_compared": len(samples),
        "largest_difference": max(differences),
    }
    text = json.dumps(record, ensure_ascii=False, indent=2) + "\n"
    (output / _RECORD_FILE).write_text(text, encoding="utf-8")
    return output


def _samples(classifier: ThemeClassifier) -> list[list[int]]:
    """Token ids of paragraphs that ship with canbo, and of a text as long as the model takes."""
    assert classifier.encoding is not None
    shipped = files("canbo.data") / "canbo-themes" / "paragraphs" / "test.jsonl"
    with as_file(shipped) as path, path.open(encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in islice(lines, _SAMPLES)]
    windows = classifier.encoding.load()([*texts, " ".join(texts)])
    return [window.ids for window in windows[: _SAMPLES + 1]]


def _logits_module(model: Any) -> nn.Module:
    """The model with tensors alone for its inputs and output."""
    from torch import Tensor, nn

    class Logits(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
            logits: Tensor = self.model(input_ids=input_ids, attention_mask=attention_mask).logits
            return logits

    return Logits().eval()


def _convert(module: nn.Module, batch: _Batch, path: Path) -> None:
    import torch

    # Free sizes, one of each kind in both tensors.
    sizes = {0: torch.export.Dim("paragraphs"), 1: torch.export.Dim("tokens", max=512)}
    with warnings.catch_warnings():
        # The exporter's hints to its own authors.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module,
            tuple(torch.from_numpy(values) for values in batch.values()),
            str(path),
            input_names=list(batch),
            output_names=["logits"],
            dynamic_shapes=dict.fromkeys(batch, sizes),
            # Up to 2 GB, the limit of the format, weights stand in the one file.
            external_data=False,
            dynamo=True,
            verbose=False,
        )


def _difference(session: Any, module: nn.Module, batch: _Batch) -> float:
    import torch

    with torch.inference_mode():
        expected = module(*(torch.from_numpy(values) for values in batch.values())).numpy()
    (found,) = session.run(["logits"], batch)
    return float(np.abs(found - expected).max())


def _padded(rows: list[list[int]]) -> _Batch:
    longest = max(map(len, rows))
    mask = np.array([[1] * len(row) + [0] * (longest - len(row)) for row in rows], dtype=np.int64)
    ids = np.ones_like(mask)  # PhoBERT's id of padding; masked in any case.
    for row, values in zip(ids, rows, strict=True):
        row[: len(values)] = values
    return {"input_ids": ids, "attention_mask": mask}
