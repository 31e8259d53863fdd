"""XCOPA's rows of ten languages, machine-translated into English (translate-test).

Ponti et al. 2020. The language is what the English rows come from; there is no Quechua.
"""

from dataclasses import replace

from waystation.tasks import xcopa

TASK = replace(
    xcopa.TASK,
    module=__name__,
    languages=tuple(code for code in xcopa.TASK.languages if code != "qu"),
    config=lambda language: f"translation-{language}",
    characters=130,
    xtreme=None,
)
