"""Gain of every recipe over the baseline, per task and model, with 95 % intervals."""

from pathlib import Path

from waystation.report.figures import intervals, recipes, values
from waystation.report.records import Tables


def draw(tables: Tables, file: Path) -> None:
    # The baseline's gains over itself are zero.
    others = {row.recipe for row in tables.gains if row.gain and not row.gain.is_zero}
    rows = [row for row in tables.gains if row.gain and row.recipe in others]
    if rows:
        caption = "Gain in zero-shot score over no intermediate training, points"
        models = values(rows, "model")
        intervals(rows, "gain", "recipe", recipes(tables, rows), models, caption, file)
