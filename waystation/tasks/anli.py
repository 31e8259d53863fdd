"""ANLI: natural language inference against examples that fooled a model, in three rounds.

Nie et al. 2020. English intermediate task; the rounds are joined. (The paper's ANLI+ joins SNLI and
MNLI as well.) No split is called train or validation.

    {"uid": "b4776daf-...", "premise": "The Florida Scholastic Press Association ...",
     "hypothesis": "Florida Scholastic Press ...", "label": 0, "reason": ""}
"""

TYPE = "classification"
REPO = "facebook/anli"
REVISION = "8325365cd51afaa3a3cfd7123a0634616b851b95"
LICENSE = "CC BY-NC 4.0"
CITATION = "Nie et al. 2020"
COLUMNS = {"premise": str, "hypothesis": str, "label": int}
SPLITS = {"train": "train_r1+train_r2+train_r3", "validation": "dev_r1+dev_r2+dev_r3"}
ROWS = {"train": 162_865, "validation": 3200}
LANGUAGES = ("en",)
CHARACTERS = 372
METRICS = ("accuracy",)
LABELS = ("entailment", "neutral", "contradiction")
CHANCE = 100 / 3
TRAINED_ON = None


def config(language: str) -> str:
    return "plain_text"


def example(row: dict, index: int, language: str) -> dict:
    return {
        "id": str(index),
        "first": row["premise"],
        "second": row["hypothesis"],
        "label": row["label"],
    }
