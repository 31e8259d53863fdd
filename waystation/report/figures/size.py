"""Gain over the baseline by the model's size, of the recipes of all sizes; their mean in black.

A recipe that only some sizes have would move the mean and say nothing about size.
"""

from pathlib import Path
from typing import Any

import numpy as np

from waystation.grid.names import CONTROLS
from waystation.report.figures import panels, save, title, values
from waystation.report.learned import DAGGER
from waystation.report.records import Tables, TaskScore

PANELS = 5  # side by side
LINES = ("-", "--", ":")  # once the ten colours are used up


def draw(tables: Tables, file: Path) -> None:
    rows = comparable(tables.gains)
    sizes = sorted(values(rows, "layer_parameters"))
    if len(sizes) < 2:
        return
    tasks, names = values(rows, "task"), values(rows, "recipe")
    unlearned = {row.recipe for row in rows if row.learned == "no"}
    figure, grid = panels(len(tasks), PANELS, (2.5, 2.4))
    for axes, task in zip(grid, tasks, strict=True):
        same = [row for row in rows if row.task == task]
        for index, recipe in enumerate(names):
            gains = by_size([row for row in same if row.recipe == recipe])
            line = LINES[index // 10 % len(LINES)]
            style: dict[str, Any] = {"color": f"C{index % 10}", "linestyle": line}
            label = recipe + (DAGGER if recipe in unlearned else "")
            axes.plot(*gains, marker="o", markersize=3, linewidth=1, label=label, **style)
        axes.plot(*by_size(same), "ko-", markersize=4, linewidth=2, label="their mean")
        axes.axhline(0, color="0.2", linewidth=0.8)
        axes.set_title(task)
        axes.set_xscale("log")
        axes.set_xticks(sizes, [shortened(size) for size in sizes])
        axes.minorticks_off()
        axes.margins(x=0.15)
    title(
        figure,
        "Gain over no intermediate training, points, by parameters of the model's layers\n"
        "(intervals: gains.png)"
        + (f"; {DAGGER} a model did not learn an intermediate task" if unlearned else ""),
    )
    figure.legend(
        *grid[0].get_legend_handles_labels(), loc="center left", bbox_to_anchor=(1.0, 0.5)
    )
    save(figure, file)


def comparable(gains: list[TaskScore]) -> list[TaskScore]:
    """The gains of recipes, controls aside, that all sizes of model have."""
    rows = [row for row in gains if row.gain and row.recipe not in CONTROLS]
    sizes: dict[str, set[int]] = {}
    for row in rows:
        sizes.setdefault(row.recipe, set()).add(row.layer_parameters)
    every = set(values(rows, "layer_parameters"))
    return [row for row in rows if sizes[row.recipe] == every]


def by_size(rows: list[TaskScore]) -> tuple[list[int], list[float]]:
    """Sizes in order, and the mean gain of the models of each size."""
    sizes = sorted(values(rows, "layer_parameters"))
    gains = [
        [row.gain.value for row in rows if row.gain and row.layer_parameters == size]
        for size in sizes
    ]
    return sizes, [float(np.mean(of_size)) for of_size in gains]


def shortened(size: int) -> str:
    """A number of parameters: 68k, 302M."""
    return f"{size / 1e6:.3g}M" if size >= 1e6 else f"{size / 1e3:.3g}k"
