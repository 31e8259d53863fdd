"""Score against throughput: a point a recipe, over the same tasks for all of them.

The score is the mean over tasks of the zero-shot means; the throughput is the geometric mean over
tasks of the median over languages, because tasks differ in tokens per second by factors.
"""

from pathlib import Path

import numpy as np
from matplotlib import pyplot

from stages.figures import nothing, save
from stages.figures.size import family
from stages.recipes import CONTROLS

MARKERS = "osD^vPX<>"


def draw(tables: dict[str, list[dict]], file: Path) -> None:
    speeds, scores = throughputs(tables["cost"]), zero_shot(tables["gains"])
    both = [key for key in scores if key in speeds]
    tasks = list(dict.fromkeys(task for _, _, task in both))
    cells = list(dict.fromkeys((model, recipe) for model, recipe, _ in both))
    whole = [cell for cell in cells if all((*cell, task) in both for task in tasks)]
    if not whole:
        return nothing(file, "no recipe has been scored and benchmarked")
    points = {}
    for cell in whole:
        rates = [speeds[*cell, task] for task in tasks]
        found = np.mean([scores[*cell, task] for task in tasks])
        points[cell] = float(np.exp(np.mean(np.log(rates)))), float(found)
    figure, axes = pyplot.subplots(figsize=(7.5, 4.5))
    draw_points(axes, points)
    axes.set_xlabel("tokens per second, geometric mean over tasks")
    axes.set_ylabel("zero-shot score, mean over tasks, percent")
    axes.margins(0.15)
    axes.legend(loc="center left", bbox_to_anchor=(1.02, 0.5), fontsize=8)
    missing = len(cells) - len(whole)
    axes.set_title(
        f"Score against throughput, {len(tasks)} tasks"
        + (f"; {missing} cells left out that lack a task" if missing else "")
    )
    return save(figure, file)


def draw_points(axes, points: dict[tuple[str, str], tuple[float, float]]) -> None:
    """Colour is the model, form the family of the recipe; the best one by name."""
    models = list(dict.fromkeys(model for model, _ in points))
    forms = dict(zip(CONTROLS, "*x", strict=True))
    for (model, recipe), (x, y) in points.items():
        kind = recipe if recipe in forms else family(recipe)
        form = forms.setdefault(kind, MARKERS[(len(forms) - 2) % len(MARKERS)])
        colour, size = f"C{models.index(model)}", 9 if kind == "none" else 5
        axes.plot(x, y, form, color=colour, markersize=size, alpha=0.8)
    for model in models:
        found = {recipe: at for (m, recipe), at in points.items() if m == model}
        best = max(found, key=lambda recipe: found[recipe][1])
        style = {"fontsize": 7, "xytext": (0, 6), "textcoords": "offset points", "ha": "center"}
        axes.annotate(best, found[best], **style)
        axes.plot([], [], "s", color=f"C{models.index(model)}", label=model)
    for kind in dict.fromkeys(r if r in CONTROLS else family(r) for _, r in points):
        axes.plot([], [], forms[kind], color="0.4", label=kind)


def throughputs(rows: list[dict]) -> dict[tuple[str, str, str], float]:
    """Median over languages of tokens per second, by model, recipe and task."""
    found: dict[tuple, list[float]] = {}
    for row in rows:
        key = (row["model"], row["recipe"], row["task"])
        found.setdefault(key, []).append(row["tokens_per_sec"])
    return {key: float(np.median(rates)) for key, rates in found.items()}


def zero_shot(rows: list[dict]) -> dict[tuple[str, str, str], float]:
    return {(r["model"], r["recipe"], r["task"]): r["zero_shot_percent"] for r in rows}
