"""Make the embedded encoder's start: a PhoBERT-format vocabulary and word vectors from news.

A masked language model learns too slowly on a CPU. Word vectors (CBOW with negative sampling,
Mikolov et al. 2013; skip-gram takes seven times as long) of the same pieces that the encoder reads
are learnt in minutes and carry most of what a small classifier needs; the layers above them start
at random.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from canbo.data.vietnews import read_ids, read_news
from canbo.models.phobert_tokenizer import load_tokenizer, save_tokenizer, write_phobert_files
from canbo.models.segmentation import load_segmenter
from canbo.models.text_encoding import segment_for_model
from canbo.train.arguments import parse_config
from canbo.train.phobert_shape import phobert_config
from canbo.train.record import write_record

if TYPE_CHECKING:
    from gensim.models import Word2Vec
    from transformers import PreTrainedTokenizerFast

__all__ = ["WordVectorArguments", "main"]


@dataclass
class WordVectorArguments:
    """Settings of `canbo train pretrain` with the objective ``word-vectors``.

    Attributes:
        objective: names this job.
        corpus: vietnews parquet file of the training split.
        leave_out: file of article ids not to use.
        output_dir: folder for the encoder, its tokenizer and the intermediate files.
        vocab_size: entries of the vocabulary, special tokens included.
        hidden_size: width of the encoder and of the word vectors.
        layers: number of encoder layers.
        heads: attention heads a layer.
        intermediate_size: width of the feed-forward layers.
        window: words to each side that a word vector predicts.
        negative: noise words per word.
        epochs: passes over the corpus.
        embedding_std: standard deviation that the word vectors are scaled to.
        workers: threads of word2vec; more than one makes its result vary a little.
        max_articles: read only so many articles (0 for all).
        seed: of vectors and random layers.
    """

    corpus: Path
    leave_out: Path
    output_dir: Path
    objective: str = "word-vectors"
    vocab_size: int = 24_000
    hidden_size: int = 256
    layers: int = 2
    heads: int = 4
    intermediate_size: int = 1024
    window: int = 8
    negative: int = 8
    epochs: int = 5
    embedding_std: float = 0.1
    workers: int = 2
    max_articles: int = 0
    seed: int = 20261121


def main(argv: list[str] | None = None) -> int:
    """Make an encoder as a YAML file and options say; steps already done are kept.

    Args:
        argv: path of a YAML file of `WordVectorArguments`, then ``--field value`` pairs.

    Returns:
        Exit status.
    """
    (arguments,) = parse_config((WordVectorArguments,), argv)
    work = arguments.output_dir
    work.mkdir(parents=True, exist_ok=True)
    segmented, pieces = work / "segmented.txt", work / "pieces.txt"
    if not segmented.exists():
        _write_lines(segmented, _segmented_lines(arguments), "segmenting")
    if not (work / "tokenizer.json").exists():
        _train_vocabulary(segmented, arguments)
    tokenizer = load_tokenizer(work)
    if not pieces.exists():
        _write_lines(pieces, _piece_lines(segmented, tokenizer), "encoding")
    vectors = _train_vectors(pieces, arguments)
    _save_encoder(tokenizer, vectors, arguments)
    write_record(work, arguments, data=[arguments.corpus])
    return 0


def _write_lines(path: Path, lines: Iterator[str], label: str) -> None:
    from tqdm import tqdm

    # A file under its final name is complete, so that a second run may trust it.
    partial = path.with_suffix(".partial")
    with partial.open("w", encoding="utf-8") as out:
        for line in tqdm(lines, desc=label, unit="line", unit_scale=True):
            out.write(line + "\n")
    partial.rename(path)


def _segmented_lines(arguments: WordVectorArguments) -> Iterator[str]:
    """Yield every article as lines of segmented text: its title, abstract and sentences."""
    segmenter = load_segmenter()
    articles = read_news(arguments.corpus, read_ids(arguments.leave_out))
    for article in islice(articles, arguments.max_articles or None):
        lines = (article.title, article.abstract, *article.sentences)
        yield from (joined for joined, _ in segment_for_model(segmenter, lines))


def _train_vocabulary(segmented: Path, arguments: WordVectorArguments) -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", end_of_word_suffix="</w>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    trainer = trainers.BpeTrainer(
        vocab_size=arguments.vocab_size - 1,  # <mask> comes after the vocabulary file's entries
        special_tokens=["<s>", "<pad>", "</s>", "<unk>"],
        end_of_word_suffix="</w>",
        limit_alphabet=400,
        min_frequency=5,
    )
    tokenizer.train([str(segmented)], trainer)
    write_phobert_files(tokenizer, arguments.output_dir)
    save_tokenizer(arguments.output_dir, arguments.output_dir)


def _piece_lines(segmented: Path, tokenizer: PreTrainedTokenizerFast) -> Iterator[str]:
    """Yield lines of token ids, which is what word2vec takes for words."""
    with segmented.open(encoding="utf-8") as lines:
        while batch := list(islice(lines, 2048)):
            encodings = tokenizer.backend_tokenizer.encode_batch_fast(
                batch, add_special_tokens=False
            )
            for encoding in encodings:
                yield " ".join(map(str, encoding.ids))


def _train_vectors(pieces: Path, arguments: WordVectorArguments) -> Word2Vec:
    from gensim.models import Word2Vec

    return Word2Vec(
        corpus_file=str(pieces),
        vector_size=arguments.hidden_size,
        window=arguments.window,
        negative=arguments.negative,
        sg=0,
        min_count=1,
        sample=1e-4,
        epochs=arguments.epochs,
        workers=arguments.workers,
        seed=arguments.seed,
    )


def _save_encoder(
    tokenizer: PreTrainedTokenizerFast, vectors: Word2Vec, arguments: WordVectorArguments
) -> None:
    import torch
    from transformers import RobertaForMaskedLM

    torch.manual_seed(arguments.seed)
    model = RobertaForMaskedLM(
        phobert_config(
            tokenizer,
            hidden_size=arguments.hidden_size,
            num_hidden_layers=arguments.layers,
            num_attention_heads=arguments.heads,
            intermediate_size=arguments.intermediate_size,
            layer_norm_eps=1e-5,
        )
    )
    table = model.roberta.embeddings.word_embeddings.weight
    known = torch.tensor([int(piece) for piece in vectors.wv.index_to_key])
    learnt = torch.from_numpy(vectors.wv.vectors)
    with torch.no_grad():
        table.normal_(std=arguments.embedding_std)
        table[known] = learnt * (arguments.embedding_std / learnt.std())
        table[tokenizer.pad_token_id] = 0
    model.save_pretrained(arguments.output_dir)


if __name__ == "__main__":
    raise SystemExit(main())
