"""XQuAD as XTREME packs it: the rows of `xquad`, which is the suites' XQuAD.

Artetxe et al. 2020. The contexts are stripped, which moved them but not the answers' offsets: those
are repaired. The only split is called validation; it is the test set here.
"""

from waystation import tasks
from waystation.tasks import xquad
from waystation.tasks.squad_v1 import example  # noqa: F401  the same columns

TYPE = "question_answering"
REPO = "google/xtreme"
REVISION = tasks.XTREME_COMMIT
LICENSE = xquad.LICENSE
CITATION = xquad.CITATION
COLUMNS = xquad.COLUMNS
SPLITS = xquad.SPLITS
ROWS = xquad.ROWS
LANGUAGES = xquad.LANGUAGES
CHARACTERS = 493
METRICS = ("squad",)
LABELS = ()
CHANCE = None
TRAINED_ON = "squad_v1"


def config(language: str) -> str:
    return f"XQuAD.{language}"
