"""XCOPA: COPA's question in eleven languages, translated with care for what causes what.

Ponti et al. 2020. No English and no training rows. Rows of all languages are parallel by index;
some say `cause` where others say `effect`. The question behind the premise is English in every
language, as in XTREME-R's code (`run_xcopa.py` of google-research/xtreme); nothing differs.

    {"premise": "Ese oli mullikilesse mässitud.", "choice1": "See oli õrn.",
     "choice2": "See oli väike.", "question": "cause", "label": 0, "idx": 0, "changed": false}
"""

from waystation.tasks import Task, copa

TASK = Task(
    __name__,
    type="multiple_choice",
    repository="cambridgeltl/xcopa",
    revision="49621d396ab2d461b9518798a6290a9181cc74dc",
    license="CC BY 4.0",
    citation="Ponti et al. 2020, XCOPA: A Multilingual Dataset for Causal Commonsense Reasoning",
    splits={"validation": "validation", "test": "test"},
    languages=("et", "ht", "id", "it", "qu", "sw", "ta", "th", "tr", "vi", "zh"),
    columns={"premise": str, "choice1": str, "choice2": str, "question": str, "label": int},
    example=copa.TASK.example,
    rows={"validation": 100, "test": 500},
    characters=127,
    metrics=("accuracy",),
    chance_percent=50.0,
    trained_on="copa",
    xtreme="xcopa",
)
