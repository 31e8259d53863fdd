"""PAWS-X: are two sentences with nearly the same words paraphrases? Seven languages.

Yang et al. 2019. A sentence that nobody translated is the text NS, with label 0: such rows are
dropped from training and stay in the other splits, as in the published scores.
The suites' PAWS-X: `pawsx_xtreme` has lost some rows.

    {"id": 4, "sentence1": "From the merger of the Four Rivers Council ...",
     "sentence2": "Shawnee Trails Council was formed from ...", "label": 1}
"""

from waystation.tasks import Task

PLACEHOLDER = "NS"


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


TASK = Task(
    __name__,
    type="classification",
    repository="google-research-datasets/paws-x",
    license="free use with acknowledgement",
    citation="Yang et al. 2019, PAWS-X, EMNLP",
    splits={"train": "train", "validation": "validation", "test": "test"},
    languages=("de", "en", "es", "fr", "ja", "ko", "zh"),
    columns={"id": int, "sentence1": str, "sentence2": str, "label": int},
    drop=drop,
    example=example,
    rows={"train": 49_401, "validation": 2000, "test": 2000},
    characters=193,
    metrics=("accuracy",),
    labels=("different", "paraphrase"),
    source_labels=("0", "1"),
    chance_percent=50.0,
    trained_on="pawsx",
    xtreme="pawsx",
    xtreme_labels=("0", "1"),
)
