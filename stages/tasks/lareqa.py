"""LAReQA: find the sentence that answers a question, among sentences of all languages.

Roy et al. 2020: XQuAD-R, the questions and contexts of XQuAD with the bounds of sentences. The only
split is called validation; it is the test set here. Ids are equal in all languages, sentences are
not: translators joined and divided them.

The Hub's copy lacks `sentence_breaks`, [first character, last + 1] of each sentence in the context:
add it from github.com/google-research-datasets/lareqa, whose contexts are not stripped.

    {"id": "56beb4343aeaaa14008c925b", "context": "Die Verteidigung der Panthers ...",
     "question": "...", "answers": {"text": ["308"], "answer_start": [38]},
     "sentence_breaks": [[0, 219], [220, 354], ...]}
"""

from stages.tasks.squad_retrieval import retrieval_example
from stages.tasks.squad_v1 import COLUMNS as SQUAD_COLUMNS

TYPE = "dual_encoder"
REPO = "google-research-datasets/xquad_r"
REVISION = "unpinned"
LICENSE = "CC BY-SA 4.0"
COLUMNS = SQUAD_COLUMNS | {"sentence_breaks": list}
SPLITS = {"test": "validation"}
LANGUAGES = ("ar", "de", "el", "en", "es", "hi", "ru", "th", "tr", "vi", "zh")
METRICS = ("map_at_20",)
LABELS = ()
CHANCE = None
TRAINED_ON = "squad_retrieval"
XTREME = "lareqa"


def config(language: str) -> str:
    return language


def example(row: dict, index: int, language: str) -> dict:
    return retrieval_example(row, row["sentence_breaks"], language)
