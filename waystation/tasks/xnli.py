"""XNLI: MultiNLI's question in fifteen languages, professionally translated.

Conneau et al. 2018. Rows of all languages are parallel by index; they carry no id.
The suites' XNLI: a configuration a language, and typed labels. `xnli_xtreme` has the same rows.

    {"premise": "Das System wählte ...", "hypothesis": "Alle Passagiere kommen ...", "label": 2}
"""

from waystation.tasks import Task

LANGUAGES = (
    "ar", "bg", "de", "el", "en", "es", "fr", "hi", "ru", "sw", "th", "tr", "ur", "vi", "zh",
)  # fmt: skip


def example(row: dict, index: int, language: str) -> dict:
    return {
        "id": str(index),
        "first": row["premise"],
        "second": row["hypothesis"],
        "label": row["label"],
    }


TASK = Task(
    __name__,
    type="classification",
    repository="facebook/xnli",
    revision="b8dd5d7af51114dbda02c0e3f6133f332186418e",
    license="CC BY-NC 4.0",
    citation="Conneau et al. 2018, XNLI: Evaluating Cross-lingual Sentence Representations",
    splits={"validation": "validation", "test": "test"},
    languages=LANGUAGES,
    columns={"premise": str, "hypothesis": str, "label": int},
    example=example,
    rows={"validation": 2490, "test": 5010},
    characters=163,
    metrics=("accuracy",),
    labels=("entailment", "neutral", "contradiction"),
    chance_percent=100 / 3,
    trained_on="mnli",
    xtreme="xnli",
)
