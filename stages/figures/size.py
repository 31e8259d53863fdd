"""Gain over the baseline by the model's size: every recipe, and their mean in black."""

from pathlib import Path

import numpy as np

from stages.figures import nothing, panels, save, title, values
from stages.recipes import CONTROLS

PANELS = 5  # side by side


def draw(tables: dict[str, list[dict]], file: Path) -> None:
    rows = [row for row in tables["gains"] if row.get("gain") is not None]
    rows = [row for row in rows if row["recipe"] not in CONTROLS]
    if len(values(rows, "layer_parameters")) < 2:
        return nothing(file, "fewer than two sizes of model have run")
    tasks = values(rows, "task")
    families = list(dict.fromkeys(family(row["recipe"]) for row in rows))
    figure, grid = panels(len(tasks), PANELS, (2.5, 2.3), sharex=True)
    for axes, task in zip(grid, tasks, strict=True):
        same = [row for row in rows if row["task"] == task]
        for recipe in values(same, "recipe"):
            colour = f"C{families.index(family(recipe))}"
            found = [row for row in same if row["recipe"] == recipe]
            axes.plot(*by_size(found), "o-", color=colour, markersize=2.5, linewidth=0.8, alpha=0.7)
        axes.plot(*by_size(same), "o-", color="k", markersize=4, linewidth=2)
        axes.axhline(0, color="0.2", linewidth=0.8)
        axes.set_title(task)
        axes.set_xscale("log")
        sizes = values(rows, "layer_parameters")
        axes.set_xticks(sizes, [shortened(size) for size in sizes])
        axes.minorticks_off()
    for axes in grid[::PANELS]:
        axes.set_ylabel("points")
    for index, name in enumerate(families):
        grid[0].plot([], [], "-", color=f"C{index}", label=name)
    grid[0].plot([], [], "-", color="k", linewidth=2, label="mean")
    title(figure, "Gain over no intermediate training by parameters of the model's layers")
    figure.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return save(figure, file)


def by_size(rows: list[dict]) -> tuple[list[int], list[float]]:
    """Sizes in order, and the mean gain of the models of each size."""
    sizes = sorted(values(rows, "layer_parameters"))
    gains = [[r["gain"] for r in rows if r["layer_parameters"] == size] for size in sizes]
    return sizes, [float(np.mean(found)) for found in gains]


def family(recipe: str) -> str:
    """What recipes are coloured by: multitask, sequential, single task, with +mlm, ..."""
    if "+" in recipe:
        return f"with {recipe.partition('+')[2]}"
    return recipe.partition("/")[0] if "/" in recipe else "single task"


def shortened(size: int) -> str:
    """A number of parameters: 68k, 302M."""
    return f"{size / 1e6:.3g}M" if size >= 1e6 else f"{size / 1e3:.3g}k"
