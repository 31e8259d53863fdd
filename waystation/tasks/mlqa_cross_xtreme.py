"""MLQA with question and context in different languages, as XTREME packs it.

Lewis et al. 2020. The rows of `mlqa_cross`, contexts stripped; XTREME does not score them.
"""

from waystation import tasks
from waystation.tasks import mlqa_cross
from waystation.tasks.squad_v1 import example  # noqa: F401  the same columns

TYPE = "question_answering"
REPO = "google/xtreme"
REVISION = tasks.XTREME_COMMIT
LICENSE = mlqa_cross.LICENSE
CITATION = mlqa_cross.CITATION
COLUMNS = mlqa_cross.COLUMNS
SPLITS = mlqa_cross.SPLITS
ROWS = mlqa_cross.ROWS
LANGUAGES = mlqa_cross.LANGUAGES
CHARACTERS = 643
METRICS = ("mlqa",)
LABELS = ()
CHANCE = None
TRAINED_ON = "squad_v1"


def config(language: str) -> str:
    return f"MLQA.{language.replace('-', '.')}"
