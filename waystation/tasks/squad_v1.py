"""SQuAD v1.1: find the span of the context that answers the question.

Rajpurkar et al. 2016. English training data of XQuAD and MLQA, and an intermediate task.
The suites' SQuAD: the contexts are as they were annotated, not stripped as in `squad_v1_xtreme`.

    {"id": "68cf05f6", "title": "Normans", "context": "The Normans (Norman: ...", "question": "...",
     "answers": {"text": ["France"], "answer_start": [159]}}
"""

TYPE = "question_answering"
REPO = "rajpurkar/squad"
REVISION = "unpinned"
LICENSE = "CC BY-SA 4.0"
CITATION = "Rajpurkar et al. 2016, SQuAD: 100,000+ Questions for Machine Comprehension of Text"
COLUMNS = {"id": str, "context": str, "question": str, "answers": dict}
SPLITS = {"train": "train", "validation": "validation"}
ROWS = {"train": 87_599, "validation": 10_570}
LANGUAGES = ("en",)
CHARACTERS = 809
METRICS = ("squad",)
LABELS = ()
CHANCE = None
TRAINED_ON = None


def config(language: str) -> str:
    return "plain_text"


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
