"""SQuAD v1.1, machine-translated into MLQA's other six languages, answers found again.

Lewis et al. 2020. Training data only; its development split is not used.

    {"context": "...", "question": "...", "id": "5733be284776f41900661182",
     "answers": {"answer_start": [505], "text": ["Saint Bernadette Soubirous"]}}
"""

from waystation.tasks.squad_v1 import example  # noqa: F401  the same columns

TYPE = "question_answering"
REPO = "facebook/mlqa"
REVISION = "unpinned"
LICENSE = "CC BY-SA 3.0"
CITATION = "Lewis et al. 2019, MLQA: Evaluating Cross-lingual Extractive Question Answering"
COLUMNS = {"id": str, "context": str, "question": str, "answers": dict}
SPLITS = {"train": "train"}
ROWS = {
    "train": {"ar": 78_058, "de": 80_069, "es": 81_810, "hi": 82_451, "vi": 84_816, "zh": 76_285},
}
LANGUAGES = ("ar", "de", "es", "hi", "vi", "zh")
CHARACTERS = 809
METRICS = ("squad",)
LABELS = ()
CHANCE = None
TRAINED_ON = None


def config(language: str) -> str:
    return f"mlqa-translate-train.{language}"
