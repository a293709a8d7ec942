"""`canbo export`: a model in another engine's form."""

from __future__ import annotations

import argparse
from pathlib import Path

from canbo.data.errors import UserError

__all__ = ["FORMATS", "QUANTIZATIONS", "add_export_command", "export_model"]

FORMATS = ("ct2", "onnx")
QUANTIZATIONS = ("int8", "int16", "float16", "float32")


def add_export_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command's parser.

    Args:
        commands: where to.
    """
    export = commands.add_parser(
        "export",
        help="convert a model to run faster elsewhere",
        description="ct2: a summarizer (ViT5, BARTpho, what canbo trained) for CTranslate2, whose"
        " folder `canbo run --summarizer` takes; tokenizer, form of the source and decoding travel"
        " with it. onnx: a classifier's encoder for ONNX Runtime and other programs, compared"
        " with PyTorch on sample paragraphs. Needs the extra of that name.",
        allow_abbrev=False,
    )
    add = export.add_argument
    add("model", metavar="MODEL_DIR", help="folder or hub id of the model")
    add("--format", required=True, choices=FORMATS, dest="export_format")
    add(
        "--quantization",
        choices=QUANTIZATIONS,
        help=f"type of ct2's weights (default: {QUANTIZATIONS[0]})",
    )
    add("--output", required=True, type=Path, metavar="DIR", help="folder to make")


def export_model(args: argparse.Namespace) -> int:
    """Convert as the options say, print the folder and its size, and return the exit status.

    Raises:
        UserError: the model cannot be converted, or the folder is not empty.
        ImportError: the format's extra is not installed.
    """
    folder = _onnx(args) if args.export_format == "onnx" else _ct2(args)
    size = sum(path.stat().st_size for path in folder.iterdir())
    print(f"{folder} ({size / 1e6:.1f} MB)")
    return 0


def _ct2(args: argparse.Namespace) -> Path:
    from canbo.models.summarizer_export import export_ct2

    return export_ct2(args.model, args.output, args.quantization or QUANTIZATIONS[0])


def _onnx(args: argparse.Namespace) -> Path:
    if args.quantization:
        raise UserError("--quantization is for --format ct2 alone")
    from canbo.models.classifier_export import export_onnx

    return export_onnx(args.model, args.output)
