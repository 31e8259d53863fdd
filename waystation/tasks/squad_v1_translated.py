"""SQuAD v1.1, machine-translated into MLQA's other six languages, answers found again.

Lewis et al. 2020. Training data only; its development split is not used.

    {"context": "...", "question": "...", "id": "5733be284776f41900661182",
     "answers": {"answer_start": [505], "text": ["Saint Bernadette Soubirous"]}}
"""

from dataclasses import replace

from waystation.tasks import mlqa

ROWS = {"ar": 78_058, "de": 80_069, "es": 81_810, "hi": 82_451, "vi": 84_816, "zh": 76_285}

TASK = replace(
    mlqa.TASK,
    module=__name__,
    splits={"train": "train"},
    languages=tuple(ROWS),
    config=lambda language: f"mlqa-translate-train.{language}",
    rows={"train": ROWS},
    characters=809,
    metrics=("squad",),
    trained_on=None,
    xtreme=None,
)
