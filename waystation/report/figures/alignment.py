"""Alignment of the encoders by layer, means over languages: retrieval over all and over unshared
tokens, mining, and how much of the geometry is common and kept; a table of numbers a measure.

The probe for the language is in `identity.csv`: it finds every language on nearly every layer.
"""

from pathlib import Path

import numpy as np

from waystation.report import encoder_measures
from waystation.report.encoder_measures import FIGURE
from waystation.report.figures import blocks, nothing, numbers, recipes, save, title, values

PANELS = 5  # side by side


def draw(tables: dict[str, list[dict]], file: Path) -> None:
    shown = {model: measured(tables, model) for model in values(tables["alignment"], "model")}
    shown = {model: found for model, found in shown.items() if found}
    if not shown:
        return nothing(file, "no alignment has been measured")
    names = {
        model: recipes(tables, [row for rows, *_ in found.values() for row in rows])
        for model, found in shown.items()
    }
    layers = max(len(values(rows, "layer")) for f in shown.values() for rows, *_ in f.values())
    figure, grid = blocks(
        [len(found) for found in shown.values()],
        [0.17 * len(names[model]) + 0.9 for model in shown],
        PANELS,
        max(2.1, 0.3 * layers),
    )
    for (model, found), block in zip(shown.items(), grid, strict=True):
        for (caption, (rows, measure, whole)), axes in zip(found.items(), block, strict=True):
            levels = sorted(values(rows, "layer"))
            means = mean_table(rows, measure, names[model], levels) * 100 / whole
            numbers(axes, means, means, names[model], levels, (0.0, 100.0), "viridis")
            axes.set_title(f"{model}: {caption}", fontsize=8)
            axes.set_xlabel("layer", fontsize=8)
    title(
        figure,
        "Encoders by layer: margin retrieval of the English translation and mining, percent;\n"
        "similarity (CKA, of 100) to the English vectors and to the pretrained encoder's",
    )
    return save(figure, file)


def measured(tables: dict[str, list[dict]], model: str) -> dict[str, tuple]:
    """{caption: (rows, measure, what 100 is)} of a model's measures, task by task."""
    return {
        measure.label.format(task): (rows, measure.column, measure.whole)
        for measure in encoder_measures.shown(FIGURE)
        for task, rows in by_task(tables[measure.table], model, measure.column).items()
    }


def by_task(rows: list[dict], model: str, measure: str) -> dict[str, list[dict]]:
    """{task: rows of a model that have the measure}; a measure of no task has the task ''."""
    found: dict[str, list[dict]] = {}
    for row in rows:
        if row["model"] == model and row.get(measure) is not None:
            found.setdefault(row.get("task", ""), []).append(row)
    return found


def mean_table(rows: list[dict], measure: str, names: list[str], layers: list[int]):
    """Means over languages (recipes, layers); NaN where nothing was measured."""
    cells: dict[tuple, list[float]] = {}
    for row in rows:
        cells.setdefault((row["recipe"], row["layer"]), []).append(row[measure])
    table = [[np.mean(cells.get((r, layer), [np.nan])) for layer in layers] for r in names]
    return np.array(table)
