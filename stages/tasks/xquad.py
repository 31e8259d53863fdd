"""XQuAD: 1,190 questions of SQuAD v1.1 in twelve languages, professionally translated.

Artetxe et al. 2020. The only split is called validation; it is the test set here. Ids are equal in
all languages.

    {"id": "56beb4343aeaaa14008c925b", "context": "Die Verteidigung der Panthers ...",
     "question": "...", "answers": {"text": ["308"], "answer_start": [38]}}
"""

from stages.tasks.squad_v1 import example  # noqa: F401  the same columns

TYPE = "question_answering"
REPO = "google/xquad"
REVISION = "unpinned"
LICENSE = "CC BY-SA 4.0"
COLUMNS = {"id": str, "context": str, "question": str, "answers": dict}
SPLITS = {"test": "validation"}
LANGUAGES = ("ar", "de", "el", "en", "es", "hi", "ro", "ru", "th", "tr", "vi", "zh")
METRICS = ("squad",)
LABELS = ()
CHANCE = None
TRAINED_ON = "squad_v1"
XTREME = "xquad"


def config(language: str) -> str:
    return f"xquad.{language}"
