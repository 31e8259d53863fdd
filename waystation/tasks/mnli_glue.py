"""MultiNLI as GLUE packs it: the rows of `mnli`, which is the suites' MultiNLI.

Williams et al. 2018. The original names what the pairs are from; GLUE only numbers them.

    {"premise": "Conceptually cream skimming has two basic dimensions - product and geography.",
     "hypothesis": "Product and geography are what make cream skimming work.", "label": 1, "idx": 0}
"""

from dataclasses import replace

from waystation.tasks import mnli

TASK = replace(
    mnli.TASK,
    module=__name__,
    repository="nyu-mll/glue",
    config=lambda language: "mnli",
    characters=157,
)
