"""MLQA with question and context in different languages, as XTREME packs it.

Lewis et al. 2020. The rows of `mlqa_cross`, contexts stripped; XTREME does not score them.
"""

from dataclasses import replace

from waystation.tasks import XTREME_COMMIT, mlqa_cross

TASK = replace(
    mlqa_cross.TASK,
    module=__name__,
    repository="google/xtreme",
    revision=XTREME_COMMIT,
    config=lambda language: f"MLQA.{language.replace('-', '.')}",
    characters=643,
)
