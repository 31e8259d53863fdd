"""MultiNLI's training rows, machine-translated into XNLI's other fourteen languages.

Conneau et al. 2018. Training data only.

    {"premise": "Konzeptionell hat das Abschöpfen ...", "hypothesis": "...", "label": 1}
"""

from dataclasses import replace

from waystation.tasks import xnli

TASK = replace(
    xnli.TASK,
    module=__name__,
    splits={"train": "train"},
    languages=tuple(code for code in xnli.TASK.languages if code != "en"),
    rows={"train": 392_702},
    trained_on=None,
    xtreme=None,
)
