"""XNLI as XTREME packs it: all fifteen languages in one configuration, labels as text.

Conneau et al. 2018. The rows are those of `xnli`, which is the suites' XNLI: it has a
configuration a language, so that one language does not fetch fifteen, and typed labels.

    {"language": "ar", "sentence1": "...", "sentence2": "...", "gold_label": "contradiction"}
"""

from waystation import tasks
from waystation.tasks import xnli

TYPE = "classification"
REPO = "google/xtreme"
REVISION = tasks.XTREME_COMMIT
LICENSE = "CC BY-NC 4.0"
CITATION = xnli.CITATION
COLUMNS = dict.fromkeys(("language", "sentence1", "sentence2", "gold_label"), str)
SPLITS = {"validation": "validation", "test": "test"}
ROWS = {split: rows * len(xnli.LANGUAGES) for split, rows in xnli.ROWS.items()}
KEPT = xnli.ROWS
LANGUAGES = xnli.LANGUAGES
CHARACTERS = 151
METRICS = ("accuracy",)
LABELS = xnli.LABELS
CHANCE = 100 / 3
TRAINED_ON = "mnli"


def config(language: str) -> str:
    return "XNLI"


def drop(row: dict, split: str, language: str) -> str | None:
    return None if row["language"] == language else "another language"


def example(row: dict, index: int, language: str) -> dict:
    return {
        "id": str(index),
        "first": row["sentence1"],
        "second": row["sentence2"],
        "label": row["gold_label"],
    }
