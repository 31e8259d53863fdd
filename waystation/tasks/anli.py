"""ANLI: natural language inference against examples that fooled a model, in three rounds.

Nie et al. 2020. English intermediate task; the rounds are joined. (The paper's ANLI+ joins SNLI and
MNLI as well.) No split is called train or validation.

    {"uid": "b4776daf-...", "premise": "The Florida Scholastic Press Association ...",
     "hypothesis": "Florida Scholastic Press ...", "label": 0, "reason": ""}
"""

from waystation.tasks import Task


def example(row: dict, index: int, language: str) -> dict:
    return {
        "id": str(index),
        "first": row["premise"],
        "second": row["hypothesis"],
        "label": row["label"],
    }


TASK = Task(
    __name__,
    type="classification",
    repository="facebook/anli",
    revision="8325365cd51afaa3a3cfd7123a0634616b851b95",
    license="CC BY-NC 4.0",
    citation="Nie et al. 2020",
    splits={"train": "train_r1+train_r2+train_r3", "validation": "dev_r1+dev_r2+dev_r3"},
    languages=("en",),
    columns={"premise": str, "hypothesis": str, "label": int},
    config=lambda language: "plain_text",
    example=example,
    rows={"train": 162_865, "validation": 3200},
    characters=372,
    metrics=("accuracy",),
    labels=("entailment", "neutral", "contradiction"),
    chance_percent=100 / 3,
)
