"""PAWS-X as XTREME packs it: labels as text, no ids, and some rows are missing.

Yang et al. 2019. The conversion lost rows whose quotation marks it misread, so rows are not
parallel by index; `pawsx` has all of them and is the suites' PAWS-X.

    {"sentence1": "From the merger of the Four Rivers Council ...", "sentence2": "...",
     "label": "1"}
"""

from waystation import tasks
from waystation.tasks import pawsx
from waystation.tasks.pawsx import drop  # noqa: F401  the same placeholders

TYPE = "classification"
REPO = "google/xtreme"
REVISION = tasks.XTREME_COMMIT
LICENSE = pawsx.LICENSE
CITATION = pawsx.CITATION
COLUMNS = dict.fromkeys(("sentence1", "sentence2", "label"), str)
SPLITS = {"train": "train", "validation": "validation", "test": "test"}
LANGUAGES = pawsx.LANGUAGES
ROWS = {
    "train": dict.fromkeys(LANGUAGES, 49_401)
    | {"de": 49_380, "en": 49_175, "fr": 49_399, "ko": 49_164},
    "validation": dict.fromkeys(LANGUAGES, 2000) | {"es": 1961, "fr": 1988},
    "test": dict.fromkeys(LANGUAGES, 2000) | {"ko": 1999},
}
CHARACTERS = 193
METRICS = ("accuracy",)
LABELS = pawsx.LABELS
CHANCE = 50.0
TRAINED_ON = "pawsx_xtreme"


def config(language: str) -> str:
    return f"PAWS-X.{language}"


def example(row: dict, index: int, language: str) -> dict:
    return {
        "id": str(index),
        "first": row["sentence1"],
        "second": row["sentence2"],
        "label": int(row["label"]),
    }
