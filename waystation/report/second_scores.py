"""Scores beside the main score of a task: the same predictions, measured in another way.

A task's main score is the first name of its first metric. An entry here shows another score that a
metric computes, in the tables, the summary and the texts of the report.
"""

from dataclasses import dataclass

from waystation.data import predictions
from waystation.metrics import span_f1


@dataclass(frozen=True)
class SecondScore:
    """A second score of every task whose predictions have its points.

    Predictions and files of scores call the score `points`; {} stands for the main score's name.
    Its columns in the tables begin with `column`. `results.md` calls the score `label` and explains
    it by `legend`; the printed tables call it `short` and explain it by `note`.

    With `is_column` the score has a column in `results.md`, and in the summary a zero-shot mean,
    null where a task has none; the printed tables leave it out. Without, it has a row in
    `results.md`, a column in the printed tables, and in the summary the English score too.
    """

    points: str
    column: str
    label: str
    short: str = ""
    legend: str = ""
    note: str = ""
    is_column: bool = False

    def name(self, main: str) -> str:
        """The score's name in the predictions of a task with this main score."""
        return self.points.format(main)

    @property
    def columns(self) -> tuple[str, str, str]:
        """The columns of the score and of its interval."""
        return f"{self.column}_percent", f"{self.column}_low_percent", f"{self.column}_high_percent"


EXACT_MATCH = SecondScore("exact_match", "exact_match", "exact match", is_column=True)
UNSHARED = SecondScore(
    f"{predictions.UNSHARED}{{}}",
    "unshared",
    "unshared tokens",
    short="unshared",
    legend="Unshared tokens: those that occur in the test's texts of one language only.",
    note="unshared: over tokens that occur in the test's texts of one language only",
)
LATER_SPANS = SecondScore(
    f"f1{span_f1.LATER}",
    "seqeval_1",
    "spans by seqeval 1",
    short="seqeval 1",
    legend=f"Spans of the main F1: {span_f1.RULE}. Spans by seqeval 1: {span_f1.LATER_RULE}.",
    note="F1 of spans as before seqeval 0.0.16: the type of a tag without a hyphen is the tag\n"
    "(a column `seqeval 1` stands where the later rule differs)",
)
SECOND_SCORES = (EXACT_MATCH, UNSHARED, LATER_SPANS)
