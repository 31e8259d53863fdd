"""The gold pairs of BUCC 2018 alone: find a sentence's translation among the other translations.

Zweigenbaum et al. 2018. XTREME's packaging has only the pairs, without the sentences that have no
translation: that is retrieval, much easier than mining, and must not be called BUCC's F1. `bucc`
mines, where its texts are at hand. As in XTREME the sample is for development, and the shared
task's training pairs are the test set. `source_lang` and `target_lang` hold sentence ids.

    {"source_sentence": "在突尼斯的1000万人口中 ...", "target_sentence": "In Tunisia, ...",
     "source_lang": "zh-000000057", "target_lang": "en-000008530"}
"""

from waystation.tasks import XTREME_COMMIT, Task, bucc


def example(row: dict, index: int, language: str) -> dict:
    return {
        "id": str(index),  # a sentence may stand in several pairs
        "foreign": row["source_sentence"].strip(),
        "english": row["target_sentence"].strip(),
    }


TASK = Task(
    __name__,
    type="retrieval",
    repository="google/xtreme",
    revision=XTREME_COMMIT,
    license=bucc.TASK.license,
    citation=bucc.TASK.citation,
    splits={"validation": "validation", "test": "test"},
    languages=bucc.TASK.languages,
    columns={"source_sentence": str, "target_sentence": str},
    config=lambda language: f"bucc18.{language}",
    example=example,
    rows=bucc.TASK.rows,
    characters=123,
    metrics=("accuracy",),
    chance_percent=None,  # one in the number of pairs
)
