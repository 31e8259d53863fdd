"""HellaSwag: which of four endings goes on from a text? English intermediate task.

Zellers et al. 2019. The label is a text, "0" to "3", and empty in the test split. The ending's
first words, `ctx_b`, stand with each ending, as in the authors' code (`HellaSwagTask` of
nyu-mll/jiant). Nothing differs from that form. Where `ctx_b` is empty a choice begins with a blank.

    {"ctx_a": "A man is sitting on a roof.", "ctx_b": "he", "label": "3", "ind": 24,
     "endings": ["is using wrap to ...", ...], "activity_label": "Roof shingle removal", ...}
"""

from waystation.tasks import Task, number


def example(row: dict, index: int, language: str) -> dict:
    return {
        "id": str(index),
        "first": row["ctx_a"],
        "choices": [row["ctx_b"] + " " + ending for ending in row["endings"]],
        "label": number(row["label"]),
    }


TASK = Task(
    __name__,
    type="multiple_choice",
    repository="Rowan/hellaswag",
    license="MIT",
    citation="Zellers et al. 2019",
    splits={"train": "train", "validation": "validation"},
    languages=("en",),
    columns={"ctx_a": str, "ctx_b": str, "endings": list, "label": str},
    config=lambda language: "default",
    example=example,
    rows={"train": 39_905, "validation": 10_042},
    characters=858,
    metrics=("accuracy",),
    chance_percent=25.0,
)
