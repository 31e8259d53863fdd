"""Cosmos QA: four answers to a question about what lies behind a story. English intermediate task.

Huang et al. 2019. The labels of the test split are hidden (-1); it is not used.

    {"id": "3BFF0DJK8XA7YNK4QYIGCOG1A95STE##...", "context": "Do i need to go for ...",
     "question": "Why is this person asking ...", "answer0": "...", ..., "answer3": "...",
     "label": 0}
"""

TYPE = "multiple_choice"
REPO = "allenai/cosmos_qa"
REVISION = "unpinned"
LICENSE = "CC BY 4.0"
CITATION = "Huang et al. 2019"
ANSWERS = ("answer0", "answer1", "answer2", "answer3")
COLUMNS = {"id": str, "context": str, "question": str, "label": int} | dict.fromkeys(ANSWERS, str)
SPLITS = {"train": "train", "validation": "validation"}
ROWS = {"train": 25_262, "validation": 2985}
LANGUAGES = ("en",)
CHARACTERS = 1670
METRICS = ("accuracy",)
LABELS = ()
CHANCE = 25.0
TRAINED_ON = None


def config(language: str) -> str:
    return "default"


def example(row: dict, index: int, language: str) -> dict:
    return {
        "id": row["id"],
        "first": row["context"],
        "second": row["question"],
        "choices": [row[answer] for answer in ANSWERS],
        "label": row["label"],
    }
