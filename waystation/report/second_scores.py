"""Scores beside the main score of a task: the same predictions, measured in another way.

The main score is the first name of a task's first metric. Another score that a metric computes
stands in every table, summary and text of the report as soon as it has an entry here.
"""

from dataclasses import dataclass

from waystation.data import predictions


@dataclass(frozen=True)
class SecondScore:
    """A second score, shown of every task whose predictions have it.

    `points`: its name in predictions and in files of scores; {} stands for the main score's name.
    `column` begins the names of its columns in the tables. `label` names it in `results.md`,
    `short` in the printed tables, `legend` and `note` explain it there.

    `is_column`: in `results.md` it has a column, in the summary a zero-shot score of every task,
    null where a task has none. Otherwise it has rows and columns like those of a task of its own,
    with English.
    """

    points: str
    column: str
    label: str
    short: str = ""
    legend: str = ""
    note: str = ""
    is_column: bool = False

    def name(self, main: str) -> str:
        """Its name in the predictions of a task with this main score."""
        return self.points.format(main)

    @property
    def columns(self) -> tuple[str, str, str]:
        """Columns of the score and its interval."""
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
SECOND_SCORES = (EXACT_MATCH, UNSHARED)
