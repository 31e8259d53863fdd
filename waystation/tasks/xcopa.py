"""XCOPA: COPA's question in eleven languages, translated with care for what causes what.

Ponti et al. 2020. No English and no training rows. Rows of all languages are parallel by index;
some say `cause` where others say `effect`.

    {"premise": "Ese oli mullikilesse mässitud.", "choice1": "See oli õrn.",
     "choice2": "See oli väike.", "question": "cause", "label": 0, "idx": 0, "changed": false}
"""

from waystation.tasks.copa import example  # noqa: F401  the same columns

TYPE = "multiple_choice"
REPO = "cambridgeltl/xcopa"
REVISION = "49621d396ab2d461b9518798a6290a9181cc74dc"
LICENSE = "CC BY 4.0"
CITATION = "Ponti et al. 2020, XCOPA: A Multilingual Dataset for Causal Commonsense Reasoning"
COLUMNS = {"premise": str, "choice1": str, "choice2": str, "question": str, "label": int}
SPLITS = {"validation": "validation", "test": "test"}
ROWS = {"validation": 100, "test": 500}
LANGUAGES = ("et", "ht", "id", "it", "qu", "sw", "ta", "th", "tr", "vi", "zh")
CHARACTERS = 127
METRICS = ("accuracy",)
LABELS = ()
CHANCE = 50.0
TRAINED_ON = "copa"
XTREME = "xcopa"


def config(language: str) -> str:
    return language
