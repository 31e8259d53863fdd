"""SQuAD v1.1: find the span of the context that answers the question.

Rajpurkar et al. 2016. English training data of XQuAD and MLQA, and an intermediate task.
The suites' SQuAD: the contexts are as they were annotated, not stripped as in `squad_v1_xtreme`.

    {"id": "68cf05f6", "title": "Normans", "context": "The Normans (Norman: ...", "question": "...",
     "answers": {"text": ["France"], "answer_start": [159]}}
"""

from waystation.tasks import Task


def example(row: dict, index: int, language: str) -> dict:
    return {
        "id": row["id"],
        "question": row["question"],
        "context": row["context"],
        "answers": [
            {"text": text, "start": start}
            for text, start in zip(
                row["answers"]["text"], row["answers"]["answer_start"], strict=True
            )
        ],
    }


TASK = Task(
    __name__,
    type="question_answering",
    repository="rajpurkar/squad",
    license="CC BY-SA 4.0",
    citation="Rajpurkar et al. 2016, SQuAD: 100,000+ Questions for Machine Comprehension of Text",
    splits={"train": "train", "validation": "validation"},
    languages=("en",),
    columns={"id": str, "context": str, "question": str, "answers": dict},
    config=lambda language: "plain_text",
    example=example,
    rows={"train": 87_599, "validation": 10_570},
    characters=809,
    metrics=("squad",),
)
