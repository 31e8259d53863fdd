"""Tatoeba of XTREME-R: 41 languages, by encoders that were fine-tuned on SQuAD v1.1 first.

Artetxe & Schwenk 2019; Ruder et al. 2021. Not comparable with XTREME's Tatoeba (`tatoeba`), which
trains nothing. Scored as there: cosine from English, mean over all tokens, one layer. The whole
curve of layers after SQuAD, and the ratio margin, are those of `align` on the recipe `squad_v1`.
"""

from dataclasses import replace

from waystation.tasks import tatoeba

MORE = {"az": "aze", "lt": "lit", "pl": "pol", "ro": "ron", "uk": "ukr"}
CODES = tatoeba.ISO_639_3 | MORE

TASK = replace(
    tatoeba.TASK,
    module=__name__,
    citation=f"{tatoeba.TASK.citation}; Ruder et al. 2021, XTREME-R, arXiv 2104.07412",
    languages=tuple(sorted(CODES)),
    config=lambda language: f"{CODES.get(language, language)}-eng",
    rows={"test": tatoeba.ROWS | dict.fromkeys(MORE, 1000)},
    trained_on="squad_v1",
    xtreme="xtreme-r/tatoeba",
)
