"""CommonsenseQA: five answers to a question without a context. English intermediate task.

Talmor et al. 2019. The answer is a letter, and empty in the test split.

    {"id": "1afa02df02c908a558b4036e80242fac", "question": "A revolving door is convenient ...",
     "choices": {"label": ["A", ..., "E"], "text": ["bank", "library", ...]}, "answerKey": "A"}
"""

TYPE = "multiple_choice"
REPO = "tau/commonsense_qa"
REVISION = "unpinned"
LICENSE = "MIT"
CITATION = "Talmor et al. 2019"
COLUMNS = {"id": str, "question": str, "choices": dict, "answerKey": str}
SPLITS = {"train": "train", "validation": "validation"}
ROWS = {"train": 9741, "validation": 1221}
LANGUAGES = ("en",)
CHARACTERS = 365
METRICS = ("accuracy",)
LABELS = ()
CHANCE = 20.0
TRAINED_ON = None


def config(language: str) -> str:
    return "default"


def example(row: dict, index: int, language: str) -> dict:
    return {
        "id": row["id"],
        "first": row["question"],
        "choices": row["choices"]["text"],
        "label": row["choices"]["label"].index(row["answerKey"]),
    }
