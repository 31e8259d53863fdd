"""SQuAD v1.1 as XTREME packs it: the rows of `squad_v1`, contexts stripped.

Rajpurkar et al. 2016. The authors' repository, `squad_v1`, whose contexts are as they were
annotated, is the suites' SQuAD.
"""

from dataclasses import replace

from waystation.tasks import XTREME_COMMIT, squad_v1

TASK = replace(
    squad_v1.TASK,
    module=__name__,
    repository="google/xtreme",
    revision=XTREME_COMMIT,
    config=lambda language: "SQuAD",
)
