"""MultiNLI as GLUE packs it: the rows of `mnli`, which is the suites' MultiNLI.

Williams et al. 2018. The original names what the pairs are from; GLUE only numbers them.

    {"premise": "Conceptually cream skimming has two basic dimensions - product and geography.",
     "hypothesis": "Product and geography are what make cream skimming work.", "label": 1, "idx": 0}
"""

from waystation.tasks.mnli import example  # noqa: F401  the same columns

TYPE = "classification"
REPO = "nyu-mll/glue"
REVISION = "unpinned"
LICENSE = "OANC; fiction sections CC BY 3.0 and CC BY-SA 3.0"
CITATION = "Williams et al. 2018"
COLUMNS = {"premise": str, "hypothesis": str, "label": int}
SPLITS = {"train": "train", "validation": "validation_matched"}
ROWS = {"train": 392_702, "validation": 9815}
LANGUAGES = ("en",)
CHARACTERS = 157
METRICS = ("accuracy",)
LABELS = ("entailment", "neutral", "contradiction")
CHANCE = 100 / 3
TRAINED_ON = None


def config(language: str) -> str:
    return "mnli"
