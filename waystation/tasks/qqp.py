"""Quora question pairs: do two questions ask the same? English intermediate task.

Iyer et al. 2017, as in GLUE. The labels of GLUE's test split are hidden (-1); it is not used.

    {"question1": "How is the life of a math student? ...", "question2": "Which level of ...",
     "label": 0, "idx": 0}
"""

from waystation.tasks import Task


def example(row: dict, index: int, language: str) -> dict:
    return {
        "id": str(index),
        "first": row["question1"],
        "second": row["question2"],
        "label": row["label"],
    }


TASK = Task(
    __name__,
    type="classification",
    repository="nyu-mll/glue",
    license="Quora's terms, non-commercial",
    citation="Iyer et al. 2017",
    splits={"train": "train", "validation": "validation"},
    languages=("en",),
    columns={"question1": str, "question2": str, "label": int},
    config=lambda language: "qqp",
    example=example,
    rows={"train": 363_846, "validation": 40_430},
    characters=107,
    metrics=("accuracy",),
    labels=("not_duplicate", "duplicate"),
    chance_percent=50.0,
)
