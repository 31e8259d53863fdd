"""Social IQa: three answers to a question about why people do things. English.

Sap et al. 2019. XCOPA's first training data in XTREME-R, before COPA. The label is a text, "1" to
"3"; the Hub's repository still held a loading script in 2026, its converted rows are read.

    {"context": "Cameron decided to have a barbecue and gathered her friends together.",
     "question": "How would Others feel as a result?", "answerA": "like attending", "answerB": ...,
     "answerC": ..., "label": "1"}
"""

TYPE = "multiple_choice"
REPO = "allenai/social_i_qa"
REVISION = "unpinned"
LICENSE = "not stated; files say CC BY 4.0"
CITATION = "Sap et al. 2019, Social IQa: Commonsense Reasoning about Social Interactions"
ANSWERS = ("answerA", "answerB", "answerC")
COLUMNS = dict.fromkeys(("context", "question", *ANSWERS, "label"), str)
SPLITS = {"train": "train", "validation": "validation"}
ROWS = {"train": 33_410, "validation": 1954}
LANGUAGES = ("en",)
CHARACTERS = 367
METRICS = ("accuracy",)
LABELS = ()
CHANCE = 100 / 3
TRAINED_ON = None


def config(language: str) -> str:
    return "default"


def example(row: dict, index: int, language: str) -> dict:
    return {
        "id": str(index),
        "first": row["context"],
        "second": row["question"],
        "choices": [row[answer] for answer in ANSWERS],
        "label": int(row["label"]) - 1,
    }
