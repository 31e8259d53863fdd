"""The sample of BUCC 2018 alone, where the shared task's training texts are not at hand.

Zweigenbaum et al. 2018. The whole pool is mined, but the threshold is tuned on the very pairs that
are scored, as XTREME scores its development split: F1 is that of a best threshold, not BUCC's.
Rows are those of `bucc`.
"""

from dataclasses import replace

from waystation.tasks import bucc

SAMPLE = bucc.TASK.rows["validation"]

TASK = replace(
    bucc.TASK,
    module=__name__,
    splits={"validation": "validation", "test": "validation"},
    rows={"validation": SAMPLE, "test": SAMPLE},
    xtreme=None,
)
