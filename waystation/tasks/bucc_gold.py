"""The gold pairs of BUCC 2018 alone: find a sentence's translation among the other translations.

Zweigenbaum et al. 2018. XTREME's packaging has only the pairs, without the sentences that have no
translation: that is retrieval, much easier than mining, and must not be called BUCC's F1. `bucc`
mines, where its texts are at hand. As in XTREME the sample is for development, and the shared
task's training pairs are the test set. `source_lang` and `target_lang` hold sentence ids.

    {"source_sentence": "在突尼斯的1000万人口中 ...", "target_sentence": "In Tunisia, ...",
     "source_lang": "zh-000000057", "target_lang": "en-000008530"}
"""

from waystation import tasks
from waystation.tasks import bucc

TYPE = "retrieval"
REPO = "google/xtreme"
REVISION = tasks.XTREME_COMMIT
LICENSE = bucc.LICENSE
CITATION = bucc.CITATION
COLUMNS = {"source_sentence": str, "target_sentence": str}
SPLITS = {"validation": "validation", "test": "test"}
ROWS = bucc.ROWS
LANGUAGES = bucc.LANGUAGES
CHARACTERS = 123
METRICS = ("accuracy",)
LABELS = ()
CHANCE = None  # one in the number of pairs
TRAINED_ON = None


def config(language: str) -> str:
    return f"bucc18.{language}"


def example(row: dict, index: int, language: str) -> dict:
    return {
        "id": str(index),  # a sentence may stand in several pairs
        "foreign": row["source_sentence"].strip(),
        "english": row["target_sentence"].strip(),
    }
