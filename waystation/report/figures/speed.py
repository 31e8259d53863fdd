"""Score against throughput: a panel a model, a point a recipe, a colour a kind of recipe.

All points are over the same tasks. The score is the mean over tasks of the zero-shot means. The
throughput is the geometric mean over tasks of the median over languages, because tasks differ in
tokens per second by factors.

All panels have the same axes, the axis of throughput logarithmic. Recipes of a model have the same
shape, so only the machine makes them differ in speed, and these axes hardly show that.
"""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from waystation.grid.recipes import parse
from waystation.report.figures import panels, save, title, values
from waystation.report.records import CellTask, Cost, Tables, by_cell

PANELS = 3  # side by side
NAMED = 0.14  # inches of a name
# A line from a point to the left end of its name.
LEADER = {"arrowstyle": "-", "linewidth": 0.5, "alpha": 0.6, "relpos": (0, 0.5)}

Points = dict[str, tuple[float, float]]  # by recipe: thousand tokens per second, percent


def draw(tables: Tables, file: Path) -> None:
    speeds = throughputs(tables.cost)
    scores = {
        cell: row.zero_shot.value for cell, row in by_cell(tables.gains).items() if cell in speeds
    }
    models = model_points(scores, speeds)
    if not models:
        return
    height = max(2.6, NAMED * max(len(points) for points in models.values()))
    figure, grid = panels(len(models), PANELS, (4.6, height + 0.6))
    every = np.array([point for points in models.values() for point in points.values()])
    bounds = every.min(axis=0) * (0.7, 0.95), every.max(axis=0) * (1.4, 1.05)
    colours = colours_of(values(tables.gains, "recipe"))
    for axes, (model, points) in zip(grid, models.items(), strict=True):
        axes.set_xscale("log")
        axes.set(xlim=(bounds[0][0], bounds[1][0]), ylim=(bounds[0][1], bounds[1][1]))
        axes.xaxis.set_major_formatter("{x:,.0f}")
        axes.xaxis.set_minor_formatter("{x:,.0f}")
        axes.tick_params(axis="x", which="both", labelsize=7)
        draw_points(axes, points, colours, NAMED / height)
        axes.set_title(model)
        axes.set_xlabel("thousand tokens per second")
    grid[0].set_ylabel("zero-shot score, percent")
    tasks = len({task for _, _, task in scores})
    missing = len({(model, recipe) for model, recipe, _ in scores}) - len(every)
    caption = f"Score against throughput, means over {tasks} tasks"
    title(figure, caption + (f"; {missing} cells left out that lack a task" if missing else ""))
    save(figure, file)


def model_points(scores: dict[CellTask, float], speeds: dict[CellTask, float]) -> dict[str, Points]:
    """Each model's points; only recipes that have all tasks."""
    tasks = list(dict.fromkeys(task for _, _, task in scores))
    models: dict[str, Points] = {}
    for model, recipe in dict.fromkeys((model, recipe) for model, recipe, _ in scores):
        if all((model, recipe, task) in scores for task in tasks):
            rates = [speeds[model, recipe, task] for task in tasks]
            score = float(np.mean([scores[model, recipe, task] for task in tasks]))
            speed = float(np.exp(np.mean(np.log(rates)))) / 1000
            models.setdefault(model, {})[recipe] = speed, score
    return models


def draw_points(axes: Axes, points: Points, colours: dict[str, str], apart: float) -> None:
    """Points, and their names at the right edge, near their heights but `apart`."""
    order = sorted(points, key=lambda recipe: points[recipe][1])
    low, high = axes.get_ylim()
    heights = [(points[recipe][1] - low) / (high - low) for recipe in order]
    for recipe, height in zip(order, spread(heights, apart), strict=True):
        colour = colours[recipe]
        axes.plot(*points[recipe], "o", color=colour, markersize=5)
        axes.annotate(
            f"{recipe} {points[recipe][1]:.1f}",
            points[recipe],
            xytext=(1.06, height),
            textcoords="axes fraction",
            fontsize=7,
            color=colour,
            va="center",
            arrowprops=LEADER | {"color": colour},
        )


def spread(heights: list[float], apart: float) -> list[float]:
    """Ascending heights (0 to 1), moved until neighbours are `apart` and none is above 1."""
    moved: list[float] = []
    for height in heights:
        moved.append(max(height, moved[-1] + apart) if moved else height)
    top = 1.0
    for index in reversed(range(len(moved))):
        moved[index] = min(moved[index], top)
        top = moved[index] - apart
    return moved


def colours_of(recipes: list[str]) -> dict[str, str]:
    """A colour a kind of recipe, because there are more recipes than colours."""
    kinds = list(dict.fromkeys(map(kind, recipes)))
    return {recipe: f"C{kinds.index(kind(recipe))}" for recipe in recipes}


def kind(recipe: str) -> str:
    """The kind of a recipe; each control is a kind of its own."""
    parsed = parse(recipe)
    return recipe if parsed.kind == "control" else parsed.kind


def throughputs(rows: list[Cost]) -> dict[CellTask, float]:
    """Median over languages of tokens per second, by model, recipe and task."""
    rates: dict[CellTask, list[float]] = {}
    for row in rows:
        key = (row.model, row.recipe, row.task)
        rates.setdefault(key, []).append(row.measured["tokens_per_sec"])
    return {key: float(np.median(values)) for key, values in rates.items()}
