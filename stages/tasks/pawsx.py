"""PAWS-X: are two sentences with nearly the same words paraphrases? Seven languages.

Yang et al. 2019. A sentence that nobody translated is the text NS, with label 0: such rows are
dropped from training and stay in the other splits, as in the published scores.

    {"id": 4, "sentence1": "From the merger of the Four Rivers Council ...",
     "sentence2": "Shawnee Trails Council was formed from ...", "label": 1}
"""

TYPE = "classification"
REPO = "google-research-datasets/paws-x"
REVISION = "unpinned"
LICENSE = "free use with acknowledgement"
COLUMNS = {"id": int, "sentence1": str, "sentence2": str, "label": int}
SPLITS = {"train": "train", "validation": "validation", "test": "test"}
LANGUAGES = ("de", "en", "es", "fr", "ja", "ko", "zh")
METRICS = ("accuracy",)
LABELS = ("different", "paraphrase")
CHANCE = 50.0
TRAINED_ON = "pawsx"
XTREME = "pawsx"
XTREME_LABELS = ("0", "1")
PLACEHOLDER = "NS"


def config(language: str) -> str:
    return language


def keep(row: dict, split: str, language: str) -> bool:
    return split != "train" or PLACEHOLDER not in (row["sentence1"], row["sentence2"])


def example(row: dict, index: int, language: str) -> dict:
    return {
        "id": str(row["id"]),
        "first": row["sentence1"],
        "second": row["sentence2"],
        "label": row["label"],
    }
