"""MultiNLI: does the premise entail the hypothesis, contradict it, or neither?

Williams et al. 2018. English training data of XNLI, and an intermediate task of its own.

    {"premise": "the cook chased the dog in the barn .", "hypothesis": "the cook did not chase ...",
     "label": 2, "genre": "fiction", "pairID": "136628e", ...}
"""

TYPE = "classification"
REPO = "nyu-mll/multi_nli"
REVISION = "unpinned"
LICENSE = "OANC; fiction sections CC BY 3.0 and CC BY-SA 3.0"
CITATION = "Williams et al. 2018"
COLUMNS = {"premise": str, "hypothesis": str, "label": int}
SPLITS = {"train": "train", "validation": "validation_matched"}
ROWS = {"train": 392_702, "validation": 9815}
LANGUAGES = ("en",)
CHARACTERS = 159
METRICS = ("accuracy",)
LABELS = ("entailment", "neutral", "contradiction")
CHANCE = 100 / 3
TRAINED_ON = None


def config(language: str) -> str:
    return "default"


def example(row: dict, index: int, language: str) -> dict:
    return {
        "id": str(index),  # pairID is empty in some copies
        "first": row["premise"],
        "second": row["hypothesis"],
        "label": row["label"],
    }
