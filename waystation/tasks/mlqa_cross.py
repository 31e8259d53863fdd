"""MLQA with question and context in different languages: 42 pairs of its seven languages.

Lewis et al. 2020 (generalised cross-lingual transfer). A language here is a pair, the context's
first, whose language the answer has too: `de-en` asks in English about a German text. A suite has
to list the pairs that it wants under `tasks.mlqa_cross.languages`.

    {"context": "Das britische Parlament ...", "question": "How much ...", "id": "...",
     "answers": {"answer_start": [82], "text": ["40.000 Britische Pfund"]}}
"""

from dataclasses import replace
from itertools import permutations

from waystation.tasks import mlqa

LANGUAGES = tuple("-".join(pair) for pair in permutations(mlqa.TASK.languages, 2))
BOTH_WAYS = {  # (validation, test) rows, the same whichever of the two is asked in
    "ar-de": (207, 1649), "ar-en": (517, 5335), "ar-es": (161, 1978), "ar-hi": (186, 1831),
    "ar-vi": (163, 2047), "ar-zh": (188, 1912), "de-en": (512, 4517), "de-es": (196, 1776),
    "de-hi": (163, 1430), "de-vi": (182, 1675), "de-zh": (190, 1621), "en-es": (500, 5253),
    "en-hi": (507, 4918), "en-vi": (511, 5495), "en-zh": (504, 5137), "es-hi": (187, 1723),
    "es-vi": (189, 2018), "es-zh": (161, 1947), "hi-vi": (177, 1947), "hi-zh": (189, 1767),
    "vi-zh": (184, 1943),
}  # fmt: skip

TASK = replace(
    mlqa.TASK,
    module=__name__,
    languages=LANGUAGES,
    config=lambda language: f"mlqa.{language.replace('-', '.')}",
    rows={
        split: {pair: BOTH_WAYS["-".join(sorted(pair.split("-")))][index] for pair in LANGUAGES}
        for index, split in enumerate(("validation", "test"))
    },
    characters=727,
    xtreme=None,
)
