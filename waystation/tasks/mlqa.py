"""MLQA: extractive question answering in seven languages, context and question in the same one.

Lewis et al. 2020. Scored by its own script, with the language's articles and punctuation.
The suites' MLQA: `mlqa_xtreme` has the same rows with stripped contexts. `mlqa_cross` asks in one
language about a text in another.

    {"context": "Das britische Parlament ...", "question": "...", "id": "...",
     "answers": {"answer_start": [82], "text": ["40.000 Britische Pfund"]}}
"""

from waystation.tasks.squad_v1 import example  # noqa: F401  the same columns

TYPE = "question_answering"
REPO = "facebook/mlqa"
REVISION = "unpinned"
LICENSE = "CC BY-SA 3.0"
CITATION = "Lewis et al. 2019, MLQA: Evaluating Cross-lingual Extractive Question Answering"
COLUMNS = {"id": str, "context": str, "question": str, "answers": dict}
SPLITS = {"validation": "validation", "test": "test"}
ROWS = {
    "validation": {"ar": 517, "de": 512, "en": 1148, "es": 500, "hi": 507, "vi": 511, "zh": 504},
    "test": {"ar": 5335, "de": 4517, "en": 11_590, "es": 5253, "hi": 4918, "vi": 5495, "zh": 5137},
}
LANGUAGES = ("ar", "de", "en", "es", "hi", "vi", "zh")
CHARACTERS = 621
METRICS = ("mlqa",)
LABELS = ()
CHANCE = None
TRAINED_ON = "squad_v1"
XTREME = "mlqa"


def config(language: str) -> str:
    return f"mlqa.{language}.{language}"
