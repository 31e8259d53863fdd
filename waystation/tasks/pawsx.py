"""PAWS-X: are two sentences with nearly the same words paraphrases? Seven languages.

Yang et al. 2019. A sentence that nobody translated is the text NS, with label 0: such rows are
dropped from training and stay in the other splits, as in the published scores.
The suites' PAWS-X: `pawsx_xtreme` has lost some rows.

    {"id": 4, "sentence1": "From the merger of the Four Rivers Council ...",
     "sentence2": "Shawnee Trails Council was formed from ...", "label": 1}
"""

TYPE = "classification"
REPO = "google-research-datasets/paws-x"
REVISION = "unpinned"
LICENSE = "free use with acknowledgement"
CITATION = "Yang et al. 2019, PAWS-X, EMNLP"
COLUMNS = {"id": int, "sentence1": str, "sentence2": str, "label": int}
SPLITS = {"train": "train", "validation": "validation", "test": "test"}
ROWS = {"train": 49_401, "validation": 2000, "test": 2000}
LANGUAGES = ("de", "en", "es", "fr", "ja", "ko", "zh")
CHARACTERS = 193
METRICS = ("accuracy",)
LABELS = ("different", "paraphrase")
SOURCE_LABELS = ("0", "1")
CHANCE = 50.0
TRAINED_ON = "pawsx"
XTREME = "pawsx"
XTREME_LABELS = ("0", "1")
PLACEHOLDER = "NS"


def config(language: str) -> str:
    return language


def drop(row: dict, split: str, language: str) -> str | None:
    untranslated = PLACEHOLDER in (row["sentence1"], row["sentence2"])
    return "placeholder of an untranslated sentence" if untranslated and split == "train" else None


def example(row: dict, index: int, language: str) -> dict:
    return {
        "id": str(row["id"]),
        "first": row["sentence1"],
        "second": row["sentence2"],
        "label": row["label"],
    }
