"""Tatoeba of XTREME-R: 41 languages, by encoders that were fine-tuned on SQuAD v1.1 first.

Artetxe & Schwenk 2019; Ruder et al. 2021. Not comparable with XTREME's Tatoeba (`tatoeba`), which
trains nothing. Scored as there: cosine from English, mean over all tokens, one layer. The whole
curve of layers after SQuAD, and the ratio margin, are those of `align` on the recipe `squad_v1`.
"""

from waystation.tasks import tatoeba
from waystation.tasks.tatoeba import example  # noqa: F401  the same columns

TYPE = "retrieval"
REPO = tatoeba.REPO
REVISION = tatoeba.REVISION
LICENSE = tatoeba.LICENSE
CITATION = f"{tatoeba.CITATION}; Ruder et al. 2021, XTREME-R, arXiv 2104.07412"
COLUMNS = tatoeba.COLUMNS
SPLITS = tatoeba.SPLITS
MORE = {"az": "aze", "lt": "lit", "pl": "pol", "ro": "ron", "uk": "ukr"}
ROWS = {"test": tatoeba.ROWS["test"] | dict.fromkeys(MORE, 1000)}
LANGUAGES = tuple(sorted((*tatoeba.LANGUAGES, *MORE)))
CHARACTERS = 57
METRICS = ("accuracy",)
LABELS = ()
CHANCE = None  # one in the number of pairs
TRAINED_ON = "squad_v1"
XTREME = "xtreme-r/tatoeba"


def config(language: str) -> str:
    return f"{MORE[language]}-eng" if language in MORE else tatoeba.config(language)
