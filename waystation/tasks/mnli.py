"""MultiNLI: does the premise entail the hypothesis, contradict it, or neither?

Williams et al. 2018. English training data of XNLI, and an intermediate task of its own.

    {"premise": "the cook chased the dog in the barn .", "hypothesis": "the cook did not chase ...",
     "label": 2, "genre": "fiction", "pairID": "136628e", ...}
"""

from waystation.tasks import Task


def example(row: dict, index: int, language: str) -> dict:
    return {
        "id": str(index),  # pairID is empty in some copies
        "first": row["premise"],
        "second": row["hypothesis"],
        "label": row["label"],
    }


TASK = Task(
    __name__,
    type="classification",
    repository="nyu-mll/multi_nli",
    license="OANC; fiction sections CC BY 3.0 and CC BY-SA 3.0",
    citation="Williams et al. 2018",
    splits={"train": "train", "validation": "validation_matched"},
    languages=("en",),
    columns={"premise": str, "hypothesis": str, "label": int},
    config=lambda language: "default",
    example=example,
    rows={"train": 392_702, "validation": 9815},
    characters=159,
    metrics=("accuracy",),
    labels=("entailment", "neutral", "contradiction"),
    chance_percent=100 / 3,
)
