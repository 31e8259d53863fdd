"""SQuAD v1.1 as XTREME packs it: the rows of `squad_v1`, contexts stripped.

Rajpurkar et al. 2016. The authors' repository, `squad_v1`, whose contexts are as they were
annotated, is the suites' SQuAD.
"""

from waystation import tasks
from waystation.tasks import squad_v1
from waystation.tasks.squad_v1 import example  # noqa: F401  the same columns

TYPE = "question_answering"
REPO = "google/xtreme"
REVISION = tasks.XTREME_COMMIT
LICENSE = squad_v1.LICENSE
CITATION = squad_v1.CITATION
COLUMNS = squad_v1.COLUMNS
SPLITS = squad_v1.SPLITS
ROWS = squad_v1.ROWS
LANGUAGES = ("en",)
CHARACTERS = 809
METRICS = ("squad",)
LABELS = ()
CHANCE = None
TRAINED_ON = None


def config(language: str) -> str:
    return "SQuAD"
