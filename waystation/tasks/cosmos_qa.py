"""Cosmos QA: four answers to a question about what lies behind a story. English intermediate task.

Huang et al. 2019. The labels of the test split are hidden (-1); it is not used. The question
follows the context, as in the authors' code (`CosmosQATask` of nyu-mll/jiant); nothing differs from
that form.

    {"id": "3BFF0DJK8XA7YNK4QYIGCOG1A95STE##...", "context": "Do i need to go for ...",
     "question": "Why is this person asking ...", "answer0": "...", ..., "answer3": "...",
     "label": 0}
"""

from waystation.tasks import Task

ANSWERS = ("answer0", "answer1", "answer2", "answer3")


def example(row: dict, index: int, language: str) -> dict:
    return {
        "id": row["id"],
        "first": f"{row['context']} {row['question']}",
        "choices": [row[answer] for answer in ANSWERS],
        "label": row["label"],
    }


TASK = Task(
    __name__,
    type="multiple_choice",
    repository="allenai/cosmos_qa",
    license="CC BY 4.0",
    citation="Huang et al. 2019",
    splits={"train": "train", "validation": "validation"},
    languages=("en",),
    columns={"id": str, "context": str, "question": str, "label": int}
    | dict.fromkeys(ANSWERS, str),
    config=lambda language: "default",
    example=example,
    rows={"train": 25_262, "validation": 2985},
    characters=1670,
    metrics=("accuracy",),
    chance_percent=25.0,
)
