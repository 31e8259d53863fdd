"""CommonsenseQA: five answers to a question without a context. English intermediate task.

Talmor et al. 2019. The answer is a letter, and empty in the test split. Question and choices are
those of the authors' code (`CommonsenseQATask` of nyu-mll/jiant); nothing differs from that form.

    {"id": "1afa02df02c908a558b4036e80242fac", "question": "A revolving door is convenient ...",
     "choices": {"label": ["A", ..., "E"], "text": ["bank", "library", ...]}, "answerKey": "A"}
"""

from waystation.tasks import Task


def example(row: dict, index: int, language: str) -> dict:
    return {
        "id": row["id"],
        "first": row["question"],
        "choices": row["choices"]["text"],
        "label": row["choices"]["label"].index(row["answerKey"]),
    }


TASK = Task(
    __name__,
    type="multiple_choice",
    repository="tau/commonsense_qa",
    license="MIT",
    citation="Talmor et al. 2019",
    splits={"train": "train", "validation": "validation"},
    languages=("en",),
    columns={"id": str, "question": str, "choices": dict, "answerKey": str},
    config=lambda language: "default",
    example=example,
    rows={"train": 9741, "validation": 1221},
    characters=365,
    metrics=("accuracy",),
    chance_percent=20.0,
)
