"""COPA: which of two sentences is the cause, or the effect, of a premise? English.

Roemmele et al. 2011, as in SuperGLUE. XCOPA's training data. The labels of the test split are
hidden; it is not used.

    {"premise": "My body cast a shadow over the grass.", "choice1": "The sun was rising.",
     "choice2": "The grass was cut.", "question": "cause", "idx": 0, "label": 0}
"""

TYPE = "multiple_choice"
REPO = "aps/super_glue"
REVISION = "unpinned"
LICENSE = "BSD 2-Clause"
CITATION = "Roemmele et al. 2011"
COLUMNS = {"premise": str, "choice1": str, "choice2": str, "question": str, "label": int}
SPLITS = {"train": "train", "validation": "validation"}
ROWS = {"train": 400, "validation": 100}
LANGUAGES = ("en",)
CHARACTERS = 133
METRICS = ("accuracy",)
LABELS = ()
SOURCE_LABELS = ("choice1", "choice2")
CHANCE = 50.0
TRAINED_ON = "copa"


def config(language: str) -> str:
    return "copa"


def example(row: dict, index: int, language: str) -> dict:
    """The question is the word `cause` or `effect`, in every language."""
    return {
        "id": str(index),
        "first": row["premise"],
        "second": row["question"],
        "choices": [row["choice1"], row["choice2"]],
        "label": row["label"],
    }
