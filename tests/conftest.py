"""What several rooms' tests share: paths and tiny random models saved to disk."""

from __future__ import annotations

from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of data beside the project; tests that need it are skipped without it."""
    folder = REPOSITORY.parent / "shared"
    if not folder.is_dir():
        pytest.skip("needs the data folder ../shared")
    return folder


@pytest.fixture(scope="session")
def tiny_phobert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random two-layer PhoBERT with a small vocabulary, as a folder like the hub's."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers
    from transformers import RobertaConfig, RobertaForMaskedLM

    from canbo.models.phobert_tokenizer import load_tokenizer, save_tokenizer, write_phobert_files

    folder = tmp_path_factory.mktemp("tiny-phobert")
    text = (REPOSITORY / "data/canbo-themes/paragraphs/train.jsonl").read_text(encoding="utf-8")
    bpe = Tokenizer(models.BPE(unk_token="<unk>", end_of_word_suffix="</w>"))
    bpe.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    bpe.train_from_iterator(
        text.splitlines()[:200],
        trainers.BpeTrainer(
            vocab_size=1200,
            special_tokens=["<s>", "<pad>", "</s>", "<unk>"],
            end_of_word_suffix="</w>",
            show_progress=False,
        ),
    )
    write_phobert_files(bpe, folder)
    save_tokenizer(folder, folder)
    torch.manual_seed(0)
    RobertaForMaskedLM(
        RobertaConfig(
            vocab_size=len(load_tokenizer(folder)),
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=64,
            max_position_embeddings=258,
            type_vocab_size=1,
            tokenizer_class="PhobertTokenizer",
        )
    ).save_pretrained(folder)
    return folder
