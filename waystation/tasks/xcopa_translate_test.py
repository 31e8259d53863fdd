"""XCOPA's rows of ten languages, machine-translated into English (translate-test).

Ponti et al. 2020. The language is what the English rows come from; there is no Quechua.
"""

from waystation.tasks import xcopa
from waystation.tasks.copa import example  # noqa: F401  the same columns

TYPE = "multiple_choice"
REPO = xcopa.REPO
REVISION = xcopa.REVISION
LICENSE = xcopa.LICENSE
CITATION = xcopa.CITATION
COLUMNS = xcopa.COLUMNS
SPLITS = xcopa.SPLITS
ROWS = xcopa.ROWS
LANGUAGES = tuple(code for code in xcopa.LANGUAGES if code != "qu")
CHARACTERS = 130
METRICS = ("accuracy",)
LABELS = ()
CHANCE = 50.0
TRAINED_ON = "copa"


def config(language: str) -> str:
    return f"translation-{language}"
