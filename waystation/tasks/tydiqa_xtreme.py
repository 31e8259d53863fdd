"""TyDi QA, gold passages, as XTREME packs it: the rows of `tydiqa`, contexts stripped.

Clark et al. 2020. Stripping moved the contexts but not the answers' offsets, which are repaired.
The authors' repository, `tydiqa`, is the suites' TyDi QA.
"""

from dataclasses import replace

from waystation.tasks import XTREME_COMMIT, tydiqa

TASK = replace(
    tydiqa.TASK,
    module=__name__,
    repository="google/xtreme",
    revision=XTREME_COMMIT,
    config=lambda language: "tydiqa",
    trained_on="tydiqa_xtreme",
    xtreme=None,
)
