"""XQuAD of XTREME-R: XTREME's eleven languages, and Romanian. (XQuAD-R is `lareqa`.)

Artetxe et al. 2020; Ruder et al. 2021.
"""

from dataclasses import replace

from waystation.tasks import xquad

TASK = replace(
    xquad.TASK,
    module=__name__,
    citation=f"{xquad.TASK.citation}; Ruder et al. 2021, XTREME-R, arXiv 2104.07412",
    languages=(*xquad.TASK.languages, "ro"),
    characters=499,
    xtreme="xtreme-r/xquad",
)
