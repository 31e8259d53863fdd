"""XQuAD of XTREME: 1,190 questions of SQuAD v1.1 in eleven languages, professionally translated.

Artetxe et al. 2020. The only split is called validation; it is the test set here. Ids are equal in
all languages.

The suites' XQuAD, because its repository has XTREME-R's Romanian too (`xquad_r`); XTREME's
packaging (`xquad_xtreme`) has the same rows.

    {"id": "56beb4343aeaaa14008c925b", "context": "Die Verteidigung der Panthers ...",
     "question": "...", "answers": {"text": ["308"], "answer_start": [38]}}
"""

from waystation.tasks.squad_v1 import example  # noqa: F401  the same columns

TYPE = "question_answering"
REPO = "google/xquad"
REVISION = "unpinned"
LICENSE = "CC BY-SA 4.0"
CITATION = "Artetxe, Ruder & Yogatama 2019, arXiv 1910.11856"
COLUMNS = {"id": str, "context": str, "question": str, "answers": dict}
SPLITS = {"test": "validation"}
ROWS = {"test": 1190}
LANGUAGES = ("ar", "de", "el", "en", "es", "hi", "ru", "th", "tr", "vi", "zh")
CHARACTERS = 566
METRICS = ("squad",)
LABELS = ()
CHANCE = None
TRAINED_ON = "squad_v1"
XTREME = "xquad"


def config(language: str) -> str:
    return f"xquad.{language}"
