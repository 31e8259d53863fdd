"""Pictures of a review, as files: paired differences, and moved tables of `dvc plots`."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from waystation.report import figures
from waystation.report.records import Estimate
from waystation.review import verdicts
from waystation.review.revisions import Suite
from waystation.review.scored import Moved, Scored


@dataclass(frozen=True)
class Value:
    """What a line of a table says in one revision; `model` heads its colour."""

    model: str
    recipe: str  # the line's name
    task: str  # the panel's
    value: Estimate

    @property
    def said(self) -> tuple[str, str, Estimate]:
        """The same whatever revision says so."""
        return self.recipe, self.task, self.value


@dataclass(frozen=True)
class Table:
    """One of the tables that `dvc plots` draws, and how a review draws it."""

    name: str
    caption: str
    columns: tuple[str, str, str]  # a value and its interval
    even: float | None = None  # the value that is no difference
    panel: tuple[str, ...] = ("task",)
    line: tuple[str, ...] = ("recipe",)

    def values(self, suite: Suite) -> list[Value]:
        """The lines with an interval, as one revision has the table in git."""
        text = suite.revision.text(f"plots/{suite.name}/{self.name}.csv") or ""
        return [
            Value(
                f"{row['model']}, {suite.revision.short}",
                ", ".join(row[name] for name in self.line),
                ", ".join(row[name].removesuffix("_to_english") for name in self.panel),
                Estimate(*(float(row[name]) for name in self.columns)),
            )
            for row in csv.DictReader(io.StringIO(text))
            if row.get("layer") == row.get("protocol_layer")  # of a table by layer that one alone
            and all(row[name] for name in self.columns)
            and float(row[self.columns[2]]) != float(row[self.columns[1]])
        ]


TABLES = (
    Table(
        "gains",
        "gain in zero-shot score over no intermediate training, points",
        ("gain", "low", "high"),
        even=0,
    ),
    Table(
        "sequence",
        "zero-shot score after so many intermediate tasks, percent",
        ("zero_shot_percent", "low_percent", "high_percent"),
        line=("order", "length"),
    ),
    Table(
        "retention",
        "retrieval after a recipe at the protocol's layer, percent of that before",
        ("retained_percent", "retained_low_percent", "retained_high_percent"),
        even=100,
        panel=("task", "measure"),
    ),
    Table(
        "speeds",
        "speed over that of the first recipe, each revision on its own machine",
        ("ratio", "low", "high"),
        even=1,
        panel=("task", "measure"),
        line=("recipe", "language"),
    ),
)


def draw(base: Suite, head: Suite, scored: Scored, folder: Path) -> list[Path]:
    """Write a suite's pictures; their files."""
    for name in ("differences", *(table.name for table in TABLES)):
        (folder / f"{head.name}-{name}.png").unlink(missing_ok=True)
    after = f"{head.revision.short} less {base.revision.short}"
    caption = f"{head.name}: zero-shot score of {after}, points, 95 % intervals\nfilled: p < 0.05 "
    caption += "over several seeds, Holm-corrected; one seed has no mark"
    filled = verdicts.marked(scored.moved) or set()
    drawn = [folder / f"{head.name}-differences.png"]
    panels(scored.moved, "difference", filled, caption, drawn[0], 0)
    for table in TABLES:
        before, after_rows = table.values(base), table.values(head)
        if [row.said for row in before] != [row.said for row in after_rows]:
            caption = f"{head.name}: {table.caption}, 95 % intervals"
            drawn.append(folder / f"{head.name}-{table.name}.png")
            panels([*before, *after_rows], "value", set(), caption, drawn[-1], table.even)
    return [file for file in drawn if file.is_file()]


def panels(
    rows: Sequence[Moved | Value],
    measure: str,
    filled: set[int],
    caption: str,
    file: Path,
    even: float | None,
) -> None:
    """A panel a task, a line a recipe, a colour a model; no file without rows."""
    if not rows:
        return
    models, recipes = (figures.values(rows, name) for name in ("model", "recipe"))
    figure, grid = figures.interval_panels(rows, measure, "recipe", recipes, models, filled)
    for axes in grid.values():
        if even is not None:
            axes.axvline(even, color="0.2", linewidth=0.8)
    figures.title(figure, caption)
    figure.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    figures.save(figure, file)
