"""What `canbo run` is measured against: the batch script that a good engineer writes in an hour.

Run by `canbo bench` as a process of its own. It uses `transformers` as its documentation shows:
``pipeline("text-classification")`` in batches over segmented paragraphs, and ``generate`` in
batches, in single precision, texts of like lengths together. The summarizer reads the same form of
a document as in canbo, cut at the model's limit, and searches with the same beams and lengths. It
tries several batch sizes on a part of the documents and takes the best; that and loading are not
counted.

    python -m canbo.eval.naive_pipeline themes MODEL IN.jsonl OUT.jsonl --segmenter underthesea
    python -m canbo.eval.naive_pipeline abstract MODEL IN.jsonl OUT.jsonl
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from canbo.models.source_text import SourceFormat

__all__ = ["main"]

_Answer = TypeVar("_Answer")
_THEME_BATCHES = (1, 8, 32)
_ABSTRACT_BATCHES = (1, 4, 8)
# Batches of the largest size, of texts of as many lengths, for the choice of the batch size.
_TRIED_THEMES, _TRIED_ABSTRACTS = 3, 1


def main(argv: Sequence[str] | None = None) -> int:
    """Do one task and print its seconds by stage, and the batch size, as one JSON object."""
    parser = argparse.ArgumentParser()
    parser.add_argument("task", choices=("themes", "abstract"))
    parser.add_argument("model")
    parser.add_argument("input", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--segmenter", default="canbo")
    arguments = parser.parse_args(argv)
    with arguments.input.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    do = _themes if arguments.task == "themes" else _abstracts
    print(json.dumps(do(rows, arguments)))
    return 0


def _themes(rows: list[dict[str, Any]], arguments: argparse.Namespace) -> dict[str, Any]:
    import torch
    from transformers import pipeline

    from canbo.models.segmentation import load_segmenter
    from canbo.models.text_encoding import segment_for_model

    begin = time.perf_counter()
    # The shipped weights are stored in half precision, in which a CPU is slow.
    tagger = pipeline(
        "text-classification",
        model=arguments.model,
        top_k=None,
        device="cpu",
        dtype=torch.float32,
    )
    segmenter = load_segmenter(arguments.segmenter)
    clock = _Clock(load=time.perf_counter() - begin)

    texts = [text for row in rows for text in row["paragraphs"]]
    joined_texts = clock.timed(
        "segment", lambda: [joined for joined, _ in segment_for_model(segmenter, texts)]
    )

    def tag(segmented: Sequence[str], batch_size: int) -> list[list[dict[str, Any]]]:
        found: Any = tagger(
            list(segmented),
            batch_size=batch_size,
            function_to_apply="sigmoid",
            truncation=True,
            max_length=256,
        )
        return list(found)

    size = _best_size(_THEME_BATCHES, joined_texts, tag, _TRIED_THEMES)
    scores = iter(
        clock.timed("model", lambda: _by_length(joined_texts, partial(tag, batch_size=size)))
    )
    clock.timed(
        "write",
        lambda: _write(
            arguments.output,
            [{**row, "scores": [next(scores) for _ in row["paragraphs"]]} for row in rows],
        ),
    )
    return clock.seconds | {"batch_size": size}


def _abstracts(rows: list[dict[str, Any]], arguments: argparse.Namespace) -> dict[str, Any]:
    import torch
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    from canbo.models.generation import Decoding
    from canbo.models.source_text import SourceFormat

    begin = time.perf_counter()
    tokenizer = AutoTokenizer.from_pretrained(arguments.model)
    model: Any = AutoModelForSeq2SeqLM.from_pretrained(arguments.model, dtype=torch.float32).eval()
    clock = _Clock(load=time.perf_counter() - begin)
    how = Decoding.of_checkpoint(model.generation_config)
    model.generation_config.update(max_length=None)  # two limits are refused
    source_format = SourceFormat.of_checkpoint(model.config, tokenizer)
    sources = [_source(row, tokenizer, source_format) for row in rows]

    def write(sources: Sequence[str], batch_size: int) -> list[str]:
        abstracts: list[str] = []
        for first in range(0, len(sources), batch_size):
            encoded = tokenizer(
                list(sources[first : first + batch_size]),
                truncation=True,
                max_length=source_format.max_source_length,
                padding=True,
                return_tensors="pt",
            )
            with torch.inference_mode():
                ids = model.generate(
                    input_ids=encoded["input_ids"],
                    attention_mask=encoded["attention_mask"],
                    max_new_tokens=how.max_new_tokens,
                    min_new_tokens=how.min_new_tokens or None,
                    num_beams=how.num_beams,
                    no_repeat_ngram_size=how.no_repeat_ngram_size,
                    length_penalty=how.length_penalty,
                    early_stopping=True,
                    do_sample=False,
                )
            abstracts += tokenizer.batch_decode(ids, skip_special_tokens=True)
        return abstracts

    size = _best_size(_ABSTRACT_BATCHES, sources, write, _TRIED_ABSTRACTS)
    abstracts = clock.timed("model", lambda: _by_length(sources, partial(write, batch_size=size)))
    clock.timed(
        "write",
        lambda: _write(
            arguments.output,
            [row | {"abstract": text} for row, text in zip(rows, abstracts, strict=True)],
        ),
    )
    return clock.seconds | {"batch_size": size}


def _source(row: dict[str, Any], tokenizer: Any, source_format: SourceFormat) -> str:
    """The whole document in the form that the model was trained on."""
    from canbo.data.documents import Document
    from canbo.models.source_text import source_text

    document = Document(row["id"], row["id"], row.get("title"), tuple(row["paragraphs"]))
    whole = replace(source_format, max_source_length=sys.maxsize)
    return source_text(document, tokenizer, whole, lambda _: ())


class _Clock:
    def __init__(self, **seconds: float) -> None:
        self.seconds: dict[str, Any] = dict(seconds)

    def timed(self, stage: str, do: Callable[[], Any]) -> Any:
        wall, processor = time.perf_counter(), time.process_time()
        result = do()
        self.seconds[stage] = time.perf_counter() - wall
        self.seconds[f"{stage}_processor"] = time.process_time() - processor
        return result


def _by_length(texts: Sequence[str], do: Callable[[Sequence[str]], list[_Answer]]) -> list[_Answer]:
    """Answers in the order of the texts, which are given the longest first: little padding."""
    order = sorted(range(len(texts)), key=lambda index: -len(texts[index]))
    answers = dict(zip(order, do([texts[index] for index in order]), strict=True))
    return [answers[index] for index in range(len(texts))]


def _best_size(
    sizes: Sequence[int],
    texts: Sequence[str],
    do: Callable[[Sequence[str], int], object],
    batches: int,
) -> int:
    """The batch size that takes the least processor time; the first batch warms up."""
    ordered = sorted(texts, key=len, reverse=True)
    rest = max(0, len(ordered) - sizes[-1])
    starts = [rest * (2 * k + 1) // (2 * batches) for k in range(batches)]
    tried = [ordered[start : start + sizes[-1]] for start in starts]
    do(tried[-1], sizes[-1])
    seconds = {}
    for size in sizes:
        begin = time.process_time()
        for batch in tried:
            do(batch, size)
        seconds[size] = time.process_time() - begin
    return min(sizes, key=seconds.__getitem__)


def _write(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8") as stream:
        stream.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


if __name__ == "__main__":
    raise SystemExit(main())
