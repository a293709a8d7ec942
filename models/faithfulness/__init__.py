"""What an abstract states and its source does not hold: numbers, dates, documents, names.

The source is analysed once (`SourceFacts`) and any number of abstracts are held against it. Both
are read as words in one spelling (`fact_words`). Of an abstract, `number_facts` finds the numbers
(`number_words` reads their values, `units` what they count), which `source_numbers` looks up in
the source; `source_names` finds and looks up the names.
"""

from canbo.models.faithfulness.source_facts import FactKind, SourceFacts, UnsupportedFact

__all__ = ["FactKind", "SourceFacts", "UnsupportedFact"]
