"""Alignment of the encoders by layer: retrieval over all and over unshared tokens, mean over
languages, and what else was measured; a table of numbers a model and measure."""

from pathlib import Path

import numpy as np

from stages.figures import nothing, numbers, panels, recipes, save, title, values

MEASURES = (
    ("alignment", "margin_to_english_percent", "{}, all tokens"),
    ("alignment", "unshared_margin_to_english_percent", "{}, unshared tokens"),
    ("mining", "f1_percent", "{}, mining F1"),
    ("identity", "accuracy_percent", "language identity"),
)


def draw(tables: dict[str, list[dict]], file: Path) -> None:
    shown = {
        (model, caption.format(task)): (found, measure)
        for model in values(tables["alignment"], "model")
        for name, measure, caption in MEASURES
        for task, found in by_task(tables[name], model, measure).items()
    }
    if not shown:
        return nothing(file, "no alignment has been measured")
    rows = [row for found, _ in shown.values() for row in found]
    names, layers = recipes(tables, rows), values(rows, "layer")
    columns = len({caption for _, caption in shown})
    size = (max(1.9, 0.3 * len(layers)), 0.17 * len(names) + 0.7)
    figure, grid = panels(len(shown), columns, size, sharey=True)
    for axes, ((model, caption), (found, measure)) in zip(grid, shown.items(), strict=True):
        levels = sorted(values(found, "layer"))
        means = mean_table(found, measure, names, levels)
        limits = 0.0, max(float(np.nanmax(means)), 1.0)
        numbers(axes, means, means, names, levels, limits, "viridis")
        axes.set_title(f"{model}: {caption}", fontsize=8)
        axes.set_xlabel("layer", fontsize=8)
    title(
        figure,
        "Encoders by layer, percent: margin retrieval of the English translation\n"
        "over all and over unshared tokens, mining, accuracy of a probe for the language",
    )
    return save(figure, file)


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
