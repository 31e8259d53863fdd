"""HellaSwag: which of four endings goes on from a text? English intermediate task.

Zellers et al. 2019. The label is a text, "0" to "3", and empty in the test split.

    {"ctx": "A man is sitting on a roof. he", "endings": ["is using wrap to ...", ...],
     "label": "3", "ind": 24, "activity_label": "Roof shingle removal", ...}
"""

TYPE = "multiple_choice"
REPO = "Rowan/hellaswag"
REVISION = "unpinned"
LICENSE = "MIT"
CITATION = "Zellers et al. 2019"
COLUMNS = {"ctx": str, "endings": list, "label": str}
SPLITS = {"train": "train", "validation": "validation"}
ROWS = {"train": 39_905, "validation": 10_042}
LANGUAGES = ("en",)
CHARACTERS = 858
METRICS = ("accuracy",)
LABELS = ()
CHANCE = 25.0
TRAINED_ON = None


def config(language: str) -> str:
    return "default"


def example(row: dict, index: int, language: str) -> dict:
    return {
        "id": str(index),
        "first": row["ctx"],
        "choices": row["endings"],
        "label": int(row["label"]),
    }
