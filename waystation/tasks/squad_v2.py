"""SQuAD v2.0: as SQuAD v1.1, with questions that the context does not answer.

Rajpurkar et al. 2018. English intermediate task. Such a question has empty lists of answers.

    {"id": "bb1d1ae1cfba7fe0a83eeded9", "title": "Warsaw", "context": "Warsaw (Polish: ...",
     "question": "...", "answers": {"text": [], "answer_start": []}}
"""

from waystation.tasks import Task, squad_v1


def example(row: dict, index: int, language: str) -> dict:
    return squad_v1.example(row, index, language) | {"allows_none": True}


TASK = Task(
    __name__,
    type="question_answering",
    repository="rajpurkar/squad_v2",
    license="CC BY-SA 4.0",
    citation="Rajpurkar et al. 2018",
    splits={"train": "train", "validation": "validation"},
    languages=("en",),
    columns={"id": str, "context": str, "question": str, "answers": dict},
    config=lambda language: "squad_v2",
    example=example,
    rows={"train": 130_319, "validation": 11_873},
    characters=806,
    metrics=("squad_v2",),
)
