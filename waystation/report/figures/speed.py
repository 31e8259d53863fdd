"""Score against throughput: a panel a model, a point a recipe, over the same tasks for all of them.
A colour is a kind of recipe. All panels have the same axes, that of throughput is logarithmic.

The score is the mean over tasks of the zero-shot means; the throughput is the geometric mean over
tasks of the median over languages, because tasks differ in tokens per second by factors. Recipes of
a model have the same shape: what differs in speed within a panel is the machine's doing, and on
axes that hold all models hardly seen.
"""

from pathlib import Path

import numpy as np

from waystation.grid.recipes import parse
from waystation.report.figures import nothing, panels, save, title, values

PANELS = 3  # side by side
NAMED = 0.14  # inches that a name takes
LEADER = {"arrowstyle": "-", "linewidth": 0.5, "alpha": 0.6, "relpos": (0, 0.5)}  # to the left end


def draw(tables: dict[str, list[dict]], file: Path) -> None:
    speeds, scores = throughputs(tables["cost"]), zero_shot(tables["gains"])
    both = [key for key in scores if key in speeds]
    tasks = list(dict.fromkeys(task for _, _, task in both))
    cells = list(dict.fromkeys((model, recipe) for model, recipe, _ in both))
    points: dict[str, dict[str, tuple[float, float]]] = {}
    for model, recipe in cells:
        if all((model, recipe, task) in both for task in tasks):
            rates = [speeds[model, recipe, task] for task in tasks]
            found = np.mean([scores[model, recipe, task] for task in tasks])
            at = float(np.exp(np.mean(np.log(rates)))) / 1000, float(found)
            points.setdefault(model, {})[recipe] = at
    if not points:
        return nothing(file, "no recipe has been scored and benchmarked")
    recipes = values(tables["gains"], "recipe")
    kinds = list(dict.fromkeys(map(kind, recipes)))
    colours = {recipe: f"C{kinds.index(kind(recipe))}" for recipe in recipes}
    height = max(2.6, NAMED * max(len(found) for found in points.values()))
    figure, grid = panels(len(points), PANELS, (4.6, height + 0.6))
    every = np.array([point for found in points.values() for point in found.values()])
    bounds = every.min(axis=0) * (0.7, 0.95), every.max(axis=0) * (1.4, 1.05)
    for axes, (model, found) in zip(grid, points.items(), strict=True):
        axes.set_xscale("log")
        axes.set(xlim=(bounds[0][0], bounds[1][0]), ylim=(bounds[0][1], bounds[1][1]))
        axes.xaxis.set_major_formatter("{x:,.0f}")
        axes.xaxis.set_minor_formatter("{x:,.0f}")
        axes.tick_params(axis="x", which="both", labelsize=7)
        draw_points(axes, found, colours, NAMED / height)
        axes.set_title(model)
        axes.set_xlabel("thousand tokens per second")
    grid[0].set_ylabel("zero-shot score, percent")
    missing = len(cells) - sum(len(found) for found in points.values())
    title(
        figure,
        f"Score against throughput, means over {len(tasks)} tasks"
        + (f"; {missing} cells left out that lack a task" if missing else ""),
    )
    return save(figure, file)


def draw_points(
    axes, points: dict[str, tuple[float, float]], colours: dict[str, str], apart: float
) -> None:
    """Points named at the right edge, each as near its height as names stand `apart`."""
    order = sorted(points, key=lambda recipe: points[recipe][1])
    low, high = axes.get_ylim()
    heights = [(points[recipe][1] - low) / (high - low) for recipe in order]
    for recipe, place in zip(order, spread(heights, apart), strict=True):
        colour = colours[recipe]
        axes.plot(*points[recipe], "o", color=colour, markersize=5)
        axes.annotate(
            f"{recipe} {points[recipe][1]:.1f}",
            points[recipe],
            xytext=(1.06, place),
            textcoords="axes fraction",
            fontsize=7,
            color=colour,
            va="center",
            arrowprops=LEADER | {"color": colour},
        )


def spread(heights: list[float], apart: float) -> list[float]:
    """Ascending heights moved up, and those that would leave the top down, until none is nearer to
    another than `apart`."""
    places: list[float] = []
    for height in heights:
        places.append(max(height, places[-1] + apart) if places else height)
    top = 1.0
    for index in reversed(range(len(places))):
        places[index] = min(places[index], top)
        top = places[index] - apart
    return places


def kind(recipe: str) -> str:
    """What recipes of one colour have in common: there are more recipes than colours."""
    parsed = parse(recipe)
    return recipe if parsed.kind == "control" else parsed.kind


def throughputs(rows: list[dict]) -> dict[tuple[str, str, str], float]:
    """Median over languages of tokens per second, by model, recipe and task."""
    found: dict[tuple, list[float]] = {}
    for row in rows:
        key = (row["model"], row["recipe"], row["task"])
        found.setdefault(key, []).append(row["tokens_per_sec"])
    return {key: float(np.median(rates)) for key, rates in found.items()}


def zero_shot(rows: list[dict]) -> dict[tuple[str, str, str], float]:
    return {(r["model"], r["recipe"], r["task"]): r["zero_shot_percent"] for r in rows}
