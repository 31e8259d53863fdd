"""Pictures of a review, as files: paired differences, and gains before and after."""

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
class Gain:
    """A recipe's gain over the baseline in one revision; `model` heads its colour."""

    model: str
    recipe: str
    task: str
    gain: Estimate

    @property
    def value(self) -> tuple[str, str, Estimate]:
        """What the gain says, whatever revision says so."""
        return self.recipe, self.task, self.gain


def draw(base: Suite, head: Suite, scored: Scored, folder: Path) -> list[Path]:
    """Write a suite's pictures; their files."""
    differences, gains = (folder / f"{head.name}-{name}.png" for name in ("differences", "gains"))
    for file in (differences, gains):
        file.unlink(missing_ok=True)
    after = f"{head.revision.short} less {base.revision.short}"
    caption = f"{head.name}: zero-shot score of {after}, points, 95 % intervals\nfilled: p < 0.05 "
    caption += "over several seeds, Holm-corrected; one seed has no mark"
    filled = verdicts.marked(scored.moved) or set()
    panels(scored.moved, "difference", filled, caption, differences)
    before, after_rows = read_gains(base), read_gains(head)
    if [gain.value for gain in before] != [gain.value for gain in after_rows]:
        caption = f"{head.name}: gain in zero-shot score over no intermediate training, points"
        panels([*before, *after_rows], "gain", set(), caption, gains)
    return [file for file in (differences, gains) if file.is_file()]


def panels(
    rows: Sequence[Moved | Gain], measure: str, filled: set[int], caption: str, file: Path
) -> None:
    """A panel a task, a line a recipe, a colour a model; no file without rows."""
    if not rows:
        return
    models, recipes = (figures.values(rows, name) for name in ("model", "recipe"))
    figure, grid = figures.interval_panels(rows, measure, "recipe", recipes, models, filled)
    for axes in grid.values():
        axes.axvline(0, color="0.2", linewidth=0.8)
    figures.title(figure, caption)
    figure.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    figures.save(figure, file)


def read_gains(suite: Suite) -> list[Gain]:
    """The table of gains that `dvc plots` draws, as one revision has it in git."""
    text = suite.revision.text(f"plots/{suite.name}/gains.csv") or ""
    return [
        Gain(
            f"{row['model']}, {suite.revision.short}",
            row["recipe"],
            row["task"],
            Estimate(*(float(row[name]) for name in ("gain", "low", "high"))),
        )
        for row in csv.DictReader(io.StringIO(text))
        if row["gain"] and float(row["high"]) != float(row["low"])
    ]
