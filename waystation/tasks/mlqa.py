"""MLQA: extractive question answering in seven languages, context and question in the same one.

Lewis et al. 2020. Scored by its own script, with the language's articles and punctuation.
The suites' MLQA: `mlqa_xtreme` has the same rows with stripped contexts. `mlqa_cross` asks in one
language about a text in another.

    {"context": "Das britische Parlament ...", "question": "...", "id": "...",
     "answers": {"answer_start": [82], "text": ["40.000 Britische Pfund"]}}
"""

from waystation.tasks import Task, squad_v1

DEVELOPMENT_ROWS = {
    "ar": 517, "de": 512, "en": 1148, "es": 500, "hi": 507, "vi": 511, "zh": 504,
}  # fmt: skip
TEST_ROWS = {
    "ar": 5335, "de": 4517, "en": 11_590, "es": 5253, "hi": 4918, "vi": 5495, "zh": 5137,
}  # fmt: skip

TASK = Task(
    __name__,
    type="question_answering",
    repository="facebook/mlqa",
    license="CC BY-SA 3.0",
    citation="Lewis et al. 2019, MLQA: Evaluating Cross-lingual Extractive Question Answering",
    splits={"validation": "validation", "test": "test"},
    languages=tuple(TEST_ROWS),
    columns={"id": str, "context": str, "question": str, "answers": dict},
    config=lambda language: f"mlqa.{language}.{language}",
    example=squad_v1.TASK.example,
    rows={"validation": DEVELOPMENT_ROWS, "test": TEST_ROWS},
    characters=621,
    metrics=("mlqa",),
    trained_on="squad_v1",
    xtreme="mlqa",
)
