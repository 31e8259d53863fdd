"""Tatoeba as XTREME packs it: the pairs of `tatoeba`, every sentence with a newline at its end.

Artetxe & Schwenk 2019. The newlines are taken off. The only split is called validation; it is the
test set here. `tatoeba`, whose repository has XTREME-R's five more languages too, is the suites'.

    {"source_sentence": "Maria sagte, sie wisse nicht, wo Tom sei.\\n",
     "target_sentence": "Mary said she didn't know where Tom was.\\n", "source_lang": "deu", ...}
"""

from waystation import tasks
from waystation.tasks import tatoeba

TYPE = "retrieval"
REPO = "google/xtreme"
REVISION = tasks.XTREME_COMMIT
LICENSE = tatoeba.LICENSE
CITATION = tatoeba.CITATION
COLUMNS = {"source_sentence": str, "target_sentence": str}
SPLITS = {"test": "validation"}
ROWS = tatoeba.ROWS
LANGUAGES = tatoeba.LANGUAGES
CHARACTERS = 57
METRICS = ("accuracy",)
LABELS = ()
CHANCE = None  # one in the number of pairs
TRAINED_ON = None


def config(language: str) -> str:
    return f"tatoeba.{tatoeba.ISO_639_3.get(language, language)}"


def example(row: dict, index: int, language: str) -> dict:
    return {
        "id": str(index),
        "foreign": row["source_sentence"].rstrip("\n"),
        "english": row["target_sentence"].rstrip("\n"),
    }
