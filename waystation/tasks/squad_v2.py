"""SQuAD v2.0: as SQuAD v1.1, with questions that the context does not answer.

Rajpurkar et al. 2018. English intermediate task. Such a question has empty lists of answers.

    {"id": "bb1d1ae1cfba7fe0a83eeded9", "title": "Warsaw", "context": "Warsaw (Polish: ...",
     "question": "...", "answers": {"text": [], "answer_start": []}}
"""

from waystation.tasks import squad_v1

TYPE = "question_answering"
REPO = "rajpurkar/squad_v2"
REVISION = "unpinned"
LICENSE = "CC BY-SA 4.0"
CITATION = "Rajpurkar et al. 2018"
COLUMNS = {"id": str, "context": str, "question": str, "answers": dict}
SPLITS = {"train": "train", "validation": "validation"}
ROWS = {"train": 130_319, "validation": 11_873}
LANGUAGES = ("en",)
CHARACTERS = 806
METRICS = ("squad_v2",)
LABELS = ()
CHANCE = None
TRAINED_ON = None


def config(language: str) -> str:
    return "squad_v2"


def example(row: dict, index: int, language: str) -> dict:
    return squad_v1.example(row, index, language) | {"allows_none": True}
