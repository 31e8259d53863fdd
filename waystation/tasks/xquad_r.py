"""XQuAD of XTREME-R: XTREME's eleven languages, and Romanian. (XQuAD-R is `lareqa`.)

Artetxe et al. 2020; Ruder et al. 2021.
"""

from waystation.tasks import xquad
from waystation.tasks.xquad import config, example  # noqa: F401  the same rows

TYPE = "question_answering"
REPO = xquad.REPO
REVISION = xquad.REVISION
LICENSE = xquad.LICENSE
CITATION = f"{xquad.CITATION}; Ruder et al. 2021, XTREME-R, arXiv 2104.07412"
COLUMNS = xquad.COLUMNS
SPLITS = xquad.SPLITS
ROWS = xquad.ROWS
LANGUAGES = (*xquad.LANGUAGES, "ro")
CHARACTERS = 499
METRICS = ("squad",)
LABELS = ()
CHANCE = None
TRAINED_ON = "squad_v1"
XTREME = "xtreme-r/xquad"
