"""SNLI: natural language inference about what pictures show. English, a part of ANLI+.

Bowman et al. 2015. A label of -1 says that the annotators did not agree: such rows are dropped.

    {"premise": "A person on a horse jumps over a broken down airplane.",
     "hypothesis": "A person is training his horse for a competition.", "label": 1}
"""

from waystation.tasks.mnli import example  # noqa: F401  the same columns

TYPE = "classification"
REPO = "stanfordnlp/snli"
REVISION = "unpinned"
LICENSE = "CC BY-SA 4.0"
CITATION = "Bowman et al. 2015, A large annotated corpus for learning natural language inference"
COLUMNS = {"premise": str, "hypothesis": str, "label": int}
SPLITS = {"train": "train", "validation": "validation"}
ROWS = {"train": 550_152, "validation": 10_000}
KEPT = {"train": 549_367, "validation": 9842}
LANGUAGES = ("en",)
CHARACTERS = 96
METRICS = ("accuracy",)
LABELS = ("entailment", "neutral", "contradiction")
CHANCE = 100 / 3
TRAINED_ON = None
UNLABELLED = -1


def config(language: str) -> str:
    return "plain_text"


def drop(row: dict, split: str, language: str) -> str | None:
    return "no gold label" if row["label"] == UNLABELLED else None
