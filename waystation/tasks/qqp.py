"""Quora question pairs: do two questions ask the same? English intermediate task.

Iyer et al. 2017, as in GLUE. The labels of GLUE's test split are hidden (-1); it is not used.

    {"question1": "How is the life of a math student? ...", "question2": "Which level of ...",
     "label": 0, "idx": 0}
"""

TYPE = "classification"
REPO = "nyu-mll/glue"
REVISION = "unpinned"
LICENSE = "Quora's terms, non-commercial"
CITATION = "Iyer et al. 2017"
COLUMNS = {"question1": str, "question2": str, "label": int}
SPLITS = {"train": "train", "validation": "validation"}
ROWS = {"train": 363_846, "validation": 40_430}
LANGUAGES = ("en",)
CHARACTERS = 107
METRICS = ("accuracy",)
LABELS = ("not_duplicate", "duplicate")
CHANCE = 50.0
TRAINED_ON = None


def config(language: str) -> str:
    return "qqp"


def example(row: dict, index: int, language: str) -> dict:
    return {
        "id": str(index),
        "first": row["question1"],
        "second": row["question2"],
        "label": row["label"],
    }
