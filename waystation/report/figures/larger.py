"""The larger less the smaller model, per task and recipe, with 95 % intervals."""

from dataclasses import replace
from pathlib import Path

from waystation.report.figures import intervals, recipes, values
from waystation.report.records import Tables


def draw(tables: Tables, file: Path) -> None:
    rows = [replace(row, model=f"{row.model} less {row.smaller_model}") for row in tables.sizes]
    if rows:
        caption = "Zero-shot score of the larger less that of the smaller model, points"
        models = values(rows, "model")
        intervals(rows, "difference", "recipe", recipes(tables, rows), models, caption, file)
