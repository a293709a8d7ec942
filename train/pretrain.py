"""Pretrain an encoder or a summarizer on news that nobody has labelled.

    canbo train pretrain configs/pretrain/embedded-masked-lm.yaml

The config's field ``objective`` says what is learnt; each objective has a module with its fields.
"""

from __future__ import annotations

import sys
from importlib import import_module

from canbo.train.arguments import ConfigError, chosen_value
from canbo.train.field_help import asks_for_help

__all__ = ["OBJECTIVES", "main"]

OBJECTIVES = {
    "word-vectors": "canbo.train.word_vectors",
    "masked-lm": "canbo.train.encoder_pretraining",
    "replaced-token": "canbo.train.encoder_pretraining",
    "span-corruption": "canbo.train.span_corruption",
}


def main(argv: list[str] | None = None) -> int:
    """Pretrain as a YAML file and options say.

    Args:
        argv: path of a YAML file, then ``--field value`` pairs; ``objective`` is ``word-vectors``
            where neither names another.

    Returns:
        Exit status.

    Raises:
        ConfigError: the objective is unknown, or the config is wrong for it.
    """
    objective = chosen_value("objective", argv) or "word-vectors"
    if objective not in OBJECTIVES:
        raise ConfigError(f"objective: {objective!r} is none of {', '.join(OBJECTIVES)}")
    if asks_for_help(sys.argv[1:] if argv is None else argv):
        others = ", ".join(name for name in OBJECTIVES if name != objective)
        print(f"Fields of the objective {objective}; with --objective NAME those of {others}.\n")
    return int(import_module(OBJECTIVES[objective]).main(argv))


if __name__ == "__main__":
    raise SystemExit(main())
