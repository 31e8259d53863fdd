"""MLQA's test rows of six languages, machine-translated into English (translate-test).

Lewis et al. 2020. Context, question and answer are English; the language is what they come from.
"""

from dataclasses import replace

from waystation.tasks import mlqa

LANGUAGES = tuple(code for code in mlqa.TASK.languages if code != "en")

TASK = replace(
    mlqa.TASK,
    module=__name__,
    splits={"test": "test"},
    languages=LANGUAGES,
    config=lambda language: f"mlqa-translate-test.{language}",
    rows={"test": {code: mlqa.TEST_ROWS[code] for code in LANGUAGES}},
    metrics=("squad",),  # the rules of English, whatever the text was translated from
    xtreme=None,
)
