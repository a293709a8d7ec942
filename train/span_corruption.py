"""Pretrain a summarizer as T5 was: write the spans that were left out of a text.

Span corruption (Raffel et al. 2020): 15 in 100 tokens go, in spans of three on average; a sentinel
stands in the place of each, and the decoder writes the sentinels with what stood there. The
result is what ``model_name_or_path`` of `canbo train summarizer` takes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from canbo.data.summaries import SummaryExample
from canbo.train.arguments import ConfigError, parse_config
from canbo.train.copy_start import start_copying
from canbo.train.denoising import block_loss_results, train_on_blocks
from canbo.train.piece_vectors import start_with_word_vectors
from canbo.train.record import write_record
from canbo.train.resume import checkpoint_to_resume
from canbo.train.scratch_t5 import ModelArguments, make_t5
from canbo.train.token_blocks import Blocks, CorpusArguments, Tokens, cached_tokens, read_articles

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedTokenizerBase, T5ForConditionalGeneration

__all__ = ["SpanArguments", "SpanCorruption", "main"]

_MAX_LENGTH = 1024  # the tokenizer's word on sources; fine-tuning states its own
_VECTOR_TOKENS = 6_000_000  # that word2vec reads: gensim wants them as strings, in memory


@dataclass
class SpanArguments:
    """What is left out, and where the result goes.

    Attributes:
        final_dir: folder for the model and its tokenizer.
        objective: ``span-corruption``.
        noise_share: share of tokens that are left out.
        mean_span: tokens of a span on average.
        dropout: while pretraining; T5 v1.1 went without. The saved config keeps the dropout_rate
            that fine-tuning wants.
    """

    final_dir: Path
    objective: str = "span-corruption"
    noise_share: float = 0.15
    mean_span: float = 3.0
    dropout: float = 0.0


class SpanCorruption:
    """Leaves spans out of blocks (`canbo.train.denoising.Corruption`).

    Args:
        length: tokens of a block.
        noise_share: share of them that is left out.
        mean_span: tokens of a span on average; every block has the same number of spans.
        sentinels: ids that stand for the spans, in their order.
        end_id: id that ends sources and targets.

    Raises:
        ConfigError: there are fewer sentinels than spans in a block.
    """

    def __init__(
        self,
        length: int,
        noise_share: float,
        mean_span: float,
        sentinels: Sequence[int],
        end_id: int,
    ) -> None:
        import torch

        self._noise = min(max(1, round(length * noise_share)), length - 1)
        self._spans = min(max(1, round(self._noise / mean_span)), length - self._noise)
        if self._spans > len(sentinels):
            raise ConfigError(
                f"block_size: {length} tokens have {self._spans} spans, but the vocabulary has "
                f"{len(sentinels)} sentinels (<extra_id_0>, ...); give a smaller block_size"
            )
        self._sentinels = torch.tensor(list(sentinels[: self._spans]))
        self._end_id = end_id

    def __call__(
        self, blocks: torch.Tensor, generator: torch.Generator | None = None
    ) -> dict[str, torch.Tensor]:
        """Leave spans out; arguments as of `Corruption`.

        Returns:
            ``input_ids`` and ``labels``, each of one length for all blocks.
        """
        import torch

        rows, length = blocks.shape
        kept = _random_lengths(rows, length - self._noise, self._spans, generator)
        left_out = _random_lengths(rows, self._noise, self._spans, generator)
        # Kept and left-out stretches take turns, a kept one first: odd stretches are left out.
        ends = torch.stack([kept, left_out], dim=2).flatten(1).cumsum(dim=1)
        places = torch.arange(length).expand(rows, -1).contiguous()
        stretch = torch.searchsorted(ends, places, right=True)
        noise = stretch % 2 == 1
        first = noise & (stretch != stretch.roll(1, dims=1))
        sentinels = self._sentinels[(stretch // 2).clamp(max=self._spans - 1)]
        source = torch.where(first, sentinels, blocks)[~noise | first].view(rows, -1)
        pairs = torch.stack([sentinels, blocks], dim=2)
        target = pairs[torch.stack([first, noise], dim=2)].view(rows, -1)
        end = torch.full((rows, 1), self._end_id)
        return {
            "input_ids": torch.cat([source, end], dim=1),
            "labels": torch.cat([target, end], dim=1),
        }


def _random_lengths(
    rows: int, total: int, parts: int, generator: torch.Generator | None
) -> torch.Tensor:
    """Split a total into so many positive parts, every way as likely: shape (rows, parts)."""
    import torch

    cuts = torch.rand(rows, total - 1, generator=generator).argsort(dim=1)[:, : parts - 1] + 1
    edges = torch.cat(
        [
            torch.zeros(rows, 1, dtype=torch.long),
            cuts.sort(dim=1).values,
            torch.full((rows, 1), total),
        ],
        dim=1,
    )
    return edges.diff(dim=1)


def main(argv: list[str] | None = None) -> int:
    """Pretrain as a YAML file and options say; an interrupted run continues.

    Args:
        argv: path of a YAML file with fields of `SpanArguments`,
            `canbo.train.scratch_t5.ModelArguments`, `CorpusArguments` and
            `transformers.TrainingArguments`, then ``--field value`` pairs.

    Returns:
        Exit status.

    Raises:
        ConfigError: the config or a data file is wrong.
    """
    from transformers import AutoConfig, TrainingArguments, set_seed

    arguments, model_args, corpus, training_args = parse_config(
        (SpanArguments, ModelArguments, CorpusArguments, TrainingArguments), argv
    )
    set_seed(training_args.seed)
    with training_args.main_process_first(local=False, desc="vocabulary and tokens"):
        start = _start_folder(model_args, corpus, training_args)
        model, tokenizer = _load(start, arguments.dropout)
        tokens = cached_tokens(
            corpus.tokens_dir or Path(training_args.output_dir),
            corpus,
            training_args.seed,
            tokenizer,
            lambda examples: _tokenize(examples, tokenizer),
            "as written",
        )
    checkpoint = checkpoint_to_resume(training_args, (arguments, model_args, corpus), tokens.files)
    train, held_out = (Blocks(ids, corpus.block_size) for ids in (tokens.train, tokens.held_out))
    if not checkpoint and not model_args.model_name_or_path:
        _improve_start(model, model_args, tokens, corpus.block_size, training_args.seed)
    corrupt = SpanCorruption(
        corpus.block_size,
        arguments.noise_share,
        arguments.mean_span,
        _sentinel_ids(tokenizer),
        int(tokenizer.eos_token_id),
    )
    trainer, figures = train_on_blocks(
        model, corrupt, train, held_out, corpus.eval_blocks, training_args, checkpoint
    )
    if trainer.is_world_process_zero():
        model.config.dropout_rate = AutoConfig.from_pretrained(start).dropout_rate
        model.save_pretrained(arguments.final_dir)
        tokenizer.save_pretrained(arguments.final_dir)
        settings = {**asdict(arguments), **asdict(model_args), **asdict(corpus)}
        write_record(
            arguments.final_dir,
            {**settings, **training_args.to_sanitized_dict()},
            data=[*tokens.files, *(path for path in corpus.train_files if path.is_file())],
            articles=tokens.articles,
            results={
                "train_tokens": len(tokens.train),
                "tokens": tokens.made_from,
                **block_loss_results(trainer, figures),
            },
        )
    return 0


def _start_folder(model_args: ModelArguments, corpus: CorpusArguments, training_args: Any) -> str:
    """The checkpoint to start from; a T5 from scratch is kept in the output folder, for later."""
    if model_args.model_name_or_path:
        return model_args.model_name_or_path
    output = Path(training_args.output_dir)
    folder = output / "start"
    # Only a run that goes on knows that the one there has this shape; its settings are checked.
    if training_args.process_index == 0 and not any(output.glob("checkpoint-*")):
        articles = read_articles(corpus, training_args.seed)
        model, tokenizer = make_t5(
            model_args, [example for _, example in articles], _MAX_LENGTH, training_args.seed
        )
        tokenizer.save_pretrained(folder)
        model.save_pretrained(folder)
    return str(folder)


def _load(start: str, dropout: float) -> tuple[T5ForConditionalGeneration, Any]:
    import torch
    from transformers import AutoTokenizer, T5ForConditionalGeneration

    model = T5ForConditionalGeneration.from_pretrained(
        start, dtype=torch.float32, dropout_rate=dropout
    )
    return model, AutoTokenizer.from_pretrained(start)


def _improve_start(
    model: T5ForConditionalGeneration,
    model_args: ModelArguments,
    tokens: Tokens,
    block_size: int,
    seed: int,
) -> None:
    if model_args.word_vectors:
        blocks = Blocks(tokens.train, block_size)
        count = min(len(blocks), _VECTOR_TOKENS // block_size)
        start_with_word_vectors(model, (blocks[number].tolist() for number in range(count)), seed)
    if model_args.copy_start:
        start_copying(model)


def _tokenize(
    examples: Iterable[SummaryExample], tokenizer: PreTrainedTokenizerBase
) -> Iterator[list[int]]:
    """Yield each article's ids: title, abstract and paragraphs, then ``</s>``."""
    remaining = iter(examples)
    while group := list(islice(remaining, 64)):
        texts = [
            " ".join(
                filter(
                    None,
                    (
                        example.document.title,
                        example.abstract,
                        *example.document.paragraphs,
                    ),
                )
            )
            for example in group
        ]
        # T5's tokenizer ends every text with </s>.
        yield from tokenizer(texts, verbose=False)["input_ids"]


def _sentinel_ids(tokenizer: PreTrainedTokenizerBase) -> list[int]:
    """Ids of ``<extra_id_0>`` and so on, as far as the vocabulary has them."""
    vocabulary = tokenizer.get_vocab()
    names = (f"<extra_id_{number}>" for number in range(len(vocabulary)))
    ids: list[int] = []
    for name in names:
        if name not in vocabulary:
            break
        ids.append(vocabulary[name])
    return ids


if __name__ == "__main__":
    raise SystemExit(main())
