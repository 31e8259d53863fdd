"""ANLI+: SNLI, MultiNLI and the three rounds of ANLI as one task. English intermediate task.

Phang et al. 2020 with the union that the authors' code documents: one head, every part in
proportion to its size. Where `tasks.anli_plus.train` limits the rows, each part gives its share.
"""

from waystation.tasks import Task, anli, mnli, snli

TASK = Task(
    __name__,
    type="classification",
    license="CC BY-NC 4.0 (ANLI); CC BY-SA 4.0 (SNLI); OANC, CC BY 3.0 and CC BY-SA 3.0 (MultiNLI)",
    citation="Bowman et al. 2015; Williams et al. 2018; Nie et al. 2020",
    splits={"train": "train", "validation": "validation"},
    languages=("en",),
    members=(snli.TASK, mnli.TASK, anli.TASK),
    kept_rows={"train": 1_104_934, "validation": 22_857},
    characters=118,
    metrics=("accuracy",),
    labels=("entailment", "neutral", "contradiction"),
    chance_percent=100 / 3,
)
