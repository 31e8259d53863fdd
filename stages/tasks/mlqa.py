"""MLQA: extractive question answering in seven languages, context and question in the same one.

Lewis et al. 2020. Scored by its own script, with the language's articles and punctuation.

    {"context": "Das britische Parlament ...", "question": "...", "id": "...",
     "answers": {"answer_start": [82], "text": ["40.000 Britische Pfund"]}}
"""

from stages.tasks.squad_v1 import example  # noqa: F401  the same columns

TYPE = "question_answering"
REPO = "facebook/mlqa"
REVISION = "unpinned"
LICENSE = "CC BY-SA 3.0"
COLUMNS = {"id": str, "context": str, "question": str, "answers": dict}
SPLITS = {"validation": "validation", "test": "test"}
LANGUAGES = ("ar", "de", "en", "es", "hi", "vi", "zh")
METRICS = ("mlqa",)
LABELS = ()
CHANCE = None
TRAINED_ON = "squad_v1"
XTREME = "mlqa"


def config(language: str) -> str:
    return f"mlqa.{language}.{language}"
