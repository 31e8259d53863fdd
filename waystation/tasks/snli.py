"""SNLI: natural language inference about what pictures show. English, a part of ANLI+.

Bowman et al. 2015. A label of -1 says that the annotators did not agree: such rows are dropped.

    {"premise": "A person on a horse jumps over a broken down airplane.",
     "hypothesis": "A person is training his horse for a competition.", "label": 1}
"""

from waystation.tasks import Task, mnli

UNLABELLED = -1


def drop(row: dict, split: str, language: str) -> str | None:
    return "no gold label" if row["label"] == UNLABELLED else None


TASK = Task(
    __name__,
    type="classification",
    repository="stanfordnlp/snli",
    license="CC BY-SA 4.0",
    citation="Bowman et al. 2015, A large annotated corpus for learning natural language inference",
    splits={"train": "train", "validation": "validation"},
    languages=("en",),
    columns={"premise": str, "hypothesis": str, "label": int},
    config=lambda language: "plain_text",
    drop=drop,
    example=mnli.TASK.example,
    rows={"train": 550_152, "validation": 10_000},
    kept_rows={"train": 549_367, "validation": 9842},
    characters=96,
    metrics=("accuracy",),
    labels=("entailment", "neutral", "contradiction"),
    chance_percent=100 / 3,
)
