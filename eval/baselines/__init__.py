"""What models are measured against; run as a module, it prints the themes' figures."""

from canbo.eval.baselines.abstracts import (
    AbstractBaseline,
    LeadBaseline,
    OracleBaseline,
    TextRankBaseline,
    abstract_baselines,
    oracle_sentences,
)
from canbo.eval.baselines.themes import (
    MajorityBaseline,
    RegexBaseline,
    TfidfBaseline,
    ThemeBaseline,
    theme_baselines,
)

__all__ = [
    "AbstractBaseline",
    "LeadBaseline",
    "MajorityBaseline",
    "OracleBaseline",
    "RegexBaseline",
    "TextRankBaseline",
    "TfidfBaseline",
    "ThemeBaseline",
    "abstract_baselines",
    "oracle_sentences",
    "theme_baselines",
]
