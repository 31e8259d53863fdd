"""The larger less the smaller model, per task and recipe, with 95 % intervals."""

from pathlib import Path

from waystation.report.figures import FILLED, intervals, nothing, recipes, values


def draw(tables: dict[str, list[dict]], file: Path) -> None:
    rows = [
        row | {"model": f"{row['model']} less {row['smaller_model']}"} for row in tables["sizes"]
    ]
    if not rows:
        return nothing(file, "fewer than two sizes of model have run")
    caption = f"Zero-shot score of the larger less that of the smaller model, points; {FILLED}"
    lines = recipes(tables, rows)
    return intervals(rows, "difference", "recipe", lines, values(rows, "model"), caption, file)
