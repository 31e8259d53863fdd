"""What of retrieval every recipe keeps, by relative depth: a panel a task and model."""

from pathlib import Path
from typing import Any

from matplotlib.axes import Axes

from waystation.report.figures import panels, recipes, save, title, values
from waystation.report.records import Retention, Tables

MEASURE = "margin_to_english"
PANELS = 3  # side by side
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
LINES = ("-", "--", ":", "-.")


def draw(tables: Tables, file: Path) -> None:
    rows = [row for row in tables.retention if row.measure == MEASURE]
    if not rows:
        return
    cells = [(model, task) for model in values(rows, "model") for task in values(rows, "task")]
    cells = [cell for cell in cells if any((row.model, row.task) == cell for row in rows)]
    figure, grid = panels(len(cells), PANELS, (3.4, 2.8))
    names = recipes(tables, rows) or values(rows, "recipe")
    for axes, (model, task) in zip(grid, cells, strict=True):
        own = [row for row in rows if (row.model, row.task) == (model, task)]
        for place, recipe in enumerate(names):
            draw_recipe(axes, [row for row in own if row.recipe == recipe], place)
        axes.axhline(100, color="0.3", linewidth=0.8)
        axes.axvline(own[0].protocol_layer / last(own), color="0.6", linewidth=0.8, linestyle=":")
        axes.set_ylim(bottom=0)
        axes.set_xlabel("relative depth")
        axes.set_title(
            f"{model}, {task} (n = {own[0].n} x {own[0].languages} languages)", fontsize=8
        )
    title(
        figure,
        "Retrieval of the English translation after a recipe, percent of that before;\n"
        "bands: 95 % over sentences, one training each; dotted: the protocol's layer",
    )
    handles, labels = grid[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="center left", bbox_to_anchor=(1.0, 0.5))
    save(figure, file)


def last(rows: list[Retention]) -> int:
    return max(row.layer for row in rows)


def draw_recipe(axes: Axes, rows: list[Retention], place: int) -> None:
    """One line with its band, in a colour and a stroke of its own."""
    depths, kept = [row.relative_depth for row in rows], [row.retained for row in rows]
    style: dict[str, Any] = {"color": COLOURS[place % len(COLOURS)]}
    stroke = LINES[place // len(COLOURS) % len(LINES)]
    label = rows[0].recipe if rows else None
    axes.plot(depths, [one.value for one in kept], linestyle=stroke, label=label, **style)
    bounds = [one.low for one in kept], [one.high for one in kept]
    axes.fill_between(depths, *bounds, alpha=0.12, linewidth=0, **style)
