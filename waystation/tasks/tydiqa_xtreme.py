"""TyDi QA, gold passages, as XTREME packs it: the rows of `tydiqa`, contexts stripped.

Clark et al. 2020. Stripping moved the contexts but not the answers' offsets, which are repaired.
The authors' repository, `tydiqa`, is the suites' TyDi QA.
"""

from waystation import tasks
from waystation.tasks import tydiqa
from waystation.tasks.tydiqa import drop, example  # noqa: F401  the same columns and ids

TYPE = "question_answering"
REPO = "google/xtreme"
REVISION = tasks.XTREME_COMMIT
LICENSE = tydiqa.LICENSE
CITATION = tydiqa.CITATION
COLUMNS = tydiqa.COLUMNS
SPLITS = tydiqa.SPLITS
ROWS = tydiqa.ROWS
HELD_OUT = tydiqa.HELD_OUT
LANGUAGE_ROWS = tydiqa.LANGUAGE_ROWS
LANGUAGES = tydiqa.LANGUAGES
CHARACTERS = 412
METRICS = ("squad",)
LABELS = ()
CHANCE = None
TRAINED_ON = "tydiqa_xtreme"


def config(language: str) -> str:
    return "tydiqa"
