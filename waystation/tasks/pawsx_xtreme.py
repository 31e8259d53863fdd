"""PAWS-X as XTREME packs it: labels as text, no ids, and some rows are missing.

Yang et al. 2019. The conversion lost rows whose quotation marks it misread, so rows are not
parallel by index; `pawsx` has all of them and is the suites' PAWS-X.

    {"sentence1": "From the merger of the Four Rivers Council ...", "sentence2": "...",
     "label": "1"}
"""

from dataclasses import replace

from waystation.tasks import XTREME_COMMIT, number, pawsx

ALL = dict.fromkeys(pawsx.TASK.languages, 2000)


def example(row: dict, index: int, language: str) -> dict:
    return {
        "id": str(index),
        "first": row["sentence1"],
        "second": row["sentence2"],
        "label": number(row["label"]),
    }


TASK = replace(
    pawsx.TASK,
    module=__name__,
    repository="google/xtreme",
    revision=XTREME_COMMIT,
    columns=dict.fromkeys(("sentence1", "sentence2", "label"), str),
    config=lambda language: f"PAWS-X.{language}",
    example=example,
    rows={
        "train": dict.fromkeys(pawsx.TASK.languages, 49_401)
        | {"de": 49_380, "en": 49_175, "fr": 49_399, "ko": 49_164},
        "validation": ALL | {"es": 1961, "fr": 1988},
        "test": ALL | {"ko": 1999},
    },
    source_labels=(),
    trained_on="pawsx_xtreme",
    xtreme=None,
    xtreme_labels=(),
)
