"""XNLI: MultiNLI's question in fifteen languages, professionally translated.

Conneau et al. 2018. Rows of all languages are parallel by index; they carry no id.
The suites' XNLI: a configuration a language, and typed labels. `xnli_xtreme` has the same rows.

    {"premise": "Das System wählte ...", "hypothesis": "Alle Passagiere kommen ...", "label": 2}
"""

TYPE = "classification"
REPO = "facebook/xnli"
REVISION = "b8dd5d7af51114dbda02c0e3f6133f332186418e"
LICENSE = "CC BY-NC 4.0"
CITATION = "Conneau et al. 2018, XNLI: Evaluating Cross-lingual Sentence Representations"
COLUMNS = {"premise": str, "hypothesis": str, "label": int}
SPLITS = {"validation": "validation", "test": "test"}
ROWS = {"validation": 2490, "test": 5010}
LANGUAGES = (
    "ar", "bg", "de", "el", "en", "es", "fr", "hi", "ru", "sw", "th", "tr", "ur", "vi", "zh",
)  # fmt: skip
CHARACTERS = 163
METRICS = ("accuracy",)
LABELS = ("entailment", "neutral", "contradiction")
CHANCE = 100 / 3
TRAINED_ON = "mnli"
XTREME = "xnli"


def config(language: str) -> str:
    return language


def example(row: dict, index: int, language: str) -> dict:
    return {
        "id": str(index),
        "first": row["premise"],
        "second": row["hypothesis"],
        "label": row["label"],
    }
