"""UD-POS of XTREME-R: XTREME's 33 languages as they are, and five more from a later release.

Universal Dependencies 2.5 and 2.7; Ruder et al. 2021.
"""

from waystation.tasks import Task, udpos, udpos_27

TASK = Task(
    __name__,
    type="tagging",
    license=udpos.TASK.license,
    citation="Universal Dependencies 2.5 and 2.7; Ruder et al. 2021, XTREME-R, arXiv 2104.07412",
    splits=udpos.TASK.splits,
    languages=tuple(sorted((*udpos.TASK.languages, *udpos_27.TASK.languages))),
    members=(udpos.TASK, udpos_27.TASK),
    characters=72,
    metrics=udpos.TASK.metrics,
    labels=udpos.TASK.labels,
    trained_on="udpos",
    xtreme="xtreme-r/udpos",
)
