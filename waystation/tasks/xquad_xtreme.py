"""XQuAD as XTREME packs it: the rows of `xquad`, which is the suites' XQuAD.

Artetxe et al. 2020. The contexts are stripped, which moved them but not the answers' offsets: those
are repaired. The only split is called validation; it is the test set here.
"""

from dataclasses import replace

from waystation.tasks import XTREME_COMMIT, xquad

TASK = replace(
    xquad.TASK,
    module=__name__,
    repository="google/xtreme",
    revision=XTREME_COMMIT,
    config=lambda language: f"XQuAD.{language}",
    characters=493,
    xtreme=None,
)
