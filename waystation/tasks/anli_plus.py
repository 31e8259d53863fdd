"""ANLI+: SNLI, MultiNLI and the three rounds of ANLI as one task. English intermediate task.

Phang et al. 2020 with the union that the authors' code documents: one head, every part in
proportion to its size. Where `tasks.anli_plus.train` limits the rows, each part gives its share.
"""

from waystation.tasks import anli, mnli, snli

TYPE = "classification"
PARTS = (snli, mnli, anli)
LICENSE = "CC BY-NC 4.0 (ANLI); CC BY-SA 4.0 (SNLI); OANC, CC BY 3.0 and CC BY-SA 3.0 (MultiNLI)"
CITATION = "Bowman et al. 2015; Williams et al. 2018; Nie et al. 2020"
SPLITS = {"train": "train", "validation": "validation"}
KEPT = {"train": 1_104_934, "validation": 22_857}
LANGUAGES = ("en",)
CHARACTERS = 118
METRICS = ("accuracy",)
LABELS = ("entailment", "neutral", "contradiction")
CHANCE = 100 / 3
TRAINED_ON = None
