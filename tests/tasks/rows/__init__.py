"""Made-up rows in the Hub's form, and what each task makes of them, written by hand.

Every field has a text of its own, so that a swap of two fields shows. A key of `CASES` is a task's
name; behind a slash it says what a further case of that task shows.
"""

from dataclasses import dataclass, field
from typing import Any

NLI = ("entailment", "neutral", "contradiction")
IOB = ("O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC")
UPOS = (
    "ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM", "PART", "PRON", "PROPN",
    "PUNCT", "SCONJ", "SYM", "VERB", "X",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Case:
    """Rows of one split and language, and what must come of them.

    `rows` lists those of one table; of a union or a join {member or table: rows}. `classes` are the
    names by which a column's numbers go on the Hub. `sequences` are the first example's, decoded
    with RoBERTa's special tokens. `target` is what the loss asks for in words: a label's name, a
    choice, tags, the decoded answer, a key. `lines` is the submission that is all right.
    """

    where: str  # repository, configuration, split
    scored: str  # metrics, level of chance, target, pool, folder of a submission
    split: str = "train"
    language: str = "en"
    rows: list[dict] | dict[str, list[dict]]
    classes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    examples: list[dict]
    dropped: dict[str, int] = field(default_factory=dict)
    sequences: list[str] = field(default_factory=list)
    target: Any = None
    lines: list[str] = field(default_factory=list)


def pair(first: str, second: str, label: int, name: str = "0") -> dict:
    return {"id": name, "first": first, "second": second, "label": label}
