"""MultiNLI's training rows, machine-translated into XNLI's other fourteen languages.

Conneau et al. 2018. Training data only.

    {"premise": "Konzeptionell hat das Abschöpfen ...", "hypothesis": "...", "label": 1}
"""

from waystation.tasks import xnli
from waystation.tasks.xnli import config, example  # noqa: F401  the same columns

TYPE = "classification"
REPO = xnli.REPO
REVISION = xnli.REVISION
LICENSE = "CC BY-NC 4.0"
CITATION = "Conneau et al. 2018, XNLI: Evaluating Cross-lingual Sentence Representations"
COLUMNS = {"premise": str, "hypothesis": str, "label": int}
SPLITS = {"train": "train"}
ROWS = {"train": 392_702}
LANGUAGES = tuple(code for code in xnli.LANGUAGES if code != "en")
CHARACTERS = 163
METRICS = ("accuracy",)
LABELS = ("entailment", "neutral", "contradiction")
CHANCE = 100 / 3
TRAINED_ON = None
