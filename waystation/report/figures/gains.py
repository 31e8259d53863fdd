"""Gain of every recipe over the baseline, per task and model, with 95 % intervals."""

from pathlib import Path

from waystation.report.figures import FILLED, intervals, recipes, values
from waystation.report.records import Estimate, Tables

ZERO = Estimate(0.0, 0.0, 0.0)


def draw(tables: Tables, file: Path) -> None:
    # The baseline's gains over itself are zero.
    others = {row.recipe for row in tables.gains if row.gain not in (None, ZERO)}
    rows = [row for row in tables.gains if row.gain and row.recipe in others]
    if rows:
        caption = f"Gain in zero-shot score over no intermediate training, points; {FILLED}"
        models = values(rows, "model")
        intervals(rows, "gain", "recipe", recipes(tables, rows), models, caption, file)
