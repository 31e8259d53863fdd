"""Alignment of the encoders by layer, means over languages; a table of numbers a measure.

The language probe has no panel, because its accuracy is near 100 % on nearly every layer:
`identity.csv` has the numbers.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from waystation.report.encoders.encoder_measures import FIGURE, Measure, shown
from waystation.report.figures import blocks, numbers, recipes, save, title, values
from waystation.report.records import LayerMeasures, Tables

PANELS = 5  # side by side


@dataclass(frozen=True)
class Panel:
    """A measure of a model's encoders on a task."""

    caption: str
    measure: Measure
    rows: list[LayerMeasures]


def draw(tables: Tables, file: Path) -> None:
    models = {model: panels(tables, model) for model in values(tables.alignment, "model")}
    models = {model: measured for model, measured in models.items() if measured}
    if not models:
        return
    names = {
        model: recipes(tables, [row for panel in measured for row in panel.rows])
        for model, measured in models.items()
    }
    every = [panel for measured in models.values() for panel in measured]
    layers = [len(values(panel.rows, "layer")) for panel in every]
    figure, grid = blocks(
        [len(measured) for measured in models.values()],
        [0.17 * len(names[model]) + 0.9 for model in models],
        PANELS,
        max(2.1, 0.3 * max(layers)),
    )
    for (model, measured), block in zip(models.items(), grid, strict=True):
        for panel, axes in zip(measured, block, strict=True):
            draw_panel(axes, panel, names[model])
            axes.set_title(f"{model}: {panel.caption}", fontsize=8)
            axes.set_xlabel("layer", fontsize=8)
    title(
        figure,
        "Encoders by layer: margin retrieval of the English translation and mining, percent;\n"
        "similarity (CKA, of 100) to the English vectors and to the pretrained encoder's",
    )
    save(figure, file)


def panels(tables: Tables, model: str) -> list[Panel]:
    """A panel for each measure and task that the model has."""
    return [
        Panel(measure.label.format(task), measure, rows)
        for measure in shown(FIGURE)
        for task, rows in by_task(getattr(tables, measure.table), model, measure.column).items()
    ]


def by_task(rows: list[LayerMeasures], model: str, column: str) -> dict[str, list[LayerMeasures]]:
    """{task: rows of a model that have the measure}."""
    tasks: dict[str, list[LayerMeasures]] = {}
    for row in rows:
        if row.model == model and row.measured.get(column) is not None:
            tasks.setdefault(row.task or "", []).append(row)
    return tasks


def draw_panel(axes: Axes, panel: Panel, names: list[str]) -> None:
    layers = sorted(values(panel.rows, "layer"))
    means = mean_table(panel, names, layers) * 100 / panel.measure.whole
    numbers(axes, means, means, names, layers, (0.0, 100.0), "viridis")


def mean_table(panel: Panel, names: list[str], layers: list[int]) -> np.ndarray:
    """Means over languages (recipes, layers); NaN where nothing was measured."""
    cells: dict[tuple[str, int], list[float]] = {}
    for row in panel.rows:
        cells.setdefault((row.recipe, row.layer), []).append(row.measured[panel.measure.column])
    table = [[np.mean(cells.get((name, layer), [np.nan])) for layer in layers] for name in names]
    return np.array(table)
