"""XNLI as XTREME packs it: all fifteen languages in one configuration, labels as text.

Conneau et al. 2018. The rows are those of `xnli`, which is the suites' XNLI: it has a
configuration a language, so that one language does not fetch fifteen, and typed labels.

    {"language": "ar", "sentence1": "...", "sentence2": "...", "gold_label": "contradiction"}
"""

from dataclasses import replace

from waystation.tasks import XTREME_COMMIT, xnli


def drop(row: dict, split: str, language: str) -> str | None:
    return None if row["language"] == language else "another language"


def example(row: dict, index: int, language: str) -> dict:
    return {
        "id": str(index),
        "first": row["sentence1"],
        "second": row["sentence2"],
        "label": row["gold_label"],
    }


TASK = replace(
    xnli.TASK,
    module=__name__,
    repository="google/xtreme",
    revision=XTREME_COMMIT,
    columns=dict.fromkeys(("language", "sentence1", "sentence2", "gold_label"), str),
    config=lambda language: "XNLI",
    drop=drop,
    example=example,
    rows={"validation": 15 * 2490, "test": 15 * 5010},  # of fifteen languages
    kept_rows=xnli.TASK.rows,
    characters=151,
    xtreme=None,
)
