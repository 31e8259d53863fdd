"""MLQA's test rows of six languages, machine-translated into English (translate-test).

Lewis et al. 2020. Context, question and answer are English; the language is what they come from.
"""

from waystation.tasks import mlqa
from waystation.tasks.squad_v1 import example  # noqa: F401  the same columns

TYPE = "question_answering"
REPO = mlqa.REPO
REVISION = mlqa.REVISION
LICENSE = mlqa.LICENSE
CITATION = mlqa.CITATION
COLUMNS = mlqa.COLUMNS
SPLITS = {"test": "test"}
ROWS = {"test": {code: rows for code, rows in mlqa.ROWS["test"].items() if code != "en"}}
LANGUAGES = tuple(code for code in mlqa.LANGUAGES if code != "en")
CHARACTERS = 621
METRICS = ("squad",)  # the rules of English, whatever the text was translated from
LABELS = ()
CHANCE = None
TRAINED_ON = "squad_v1"


def config(language: str) -> str:
    return f"mlqa-translate-test.{language}"
