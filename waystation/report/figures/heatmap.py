"""The gain of every single task, and of sets at once and merged, on every test: a map a model.

Numbers and colours are points over the baseline, mean over zero-shot languages.
"""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from waystation.grid.recipe_names import parse
from waystation.report.figures import blocks, marks, numbers, recipes, save, title, values
from waystation.report.learned import DAGGER, dagger, has_learned
from waystation.report.records import Tables, TaskScore
from waystation.report.tables import AT_ONCE

WIDTH = 0.55  # inches a test
KINDS = ("single", *AT_ONCE)  # of recipes
REACH = 25.0  # points of the strongest colour


def draw(tables: Tables, file: Path) -> None:
    rows = [row for row in tables.gains if row.gain and parse(row.recipe).kind in KINDS]
    tests = values(rows, "task")
    if len(tests) < 2:
        return
    models, learned = values(rows, "model"), has_learned(tables.intermediate)
    names = {model: recipes(tables, [r for r in rows if r.model == model]) for model in models}
    significant, legend = marks(rows, "gain")
    heights = [0.17 * len(names[model]) + 0.9 for model in models]
    figure, grid = blocks([1] * len(models), heights, 1, WIDTH * len(tests) + 1)
    widest = max(abs(row.gain.value) for row in rows if row.gain)
    reach = min(REACH, max(widest, 1.0))
    for model, (axes,) in zip(models, grid, strict=True):
        labels = [recipe + dagger(learned, model, recipe) for recipe in names[model]]
        own = {i: row for i, row in enumerate(rows) if row.model == model}
        draw_panel(axes, own, significant, names[model], labels, tests, reach)
        axes.set_title(model, fontsize=8)
    n = f"n = {min(row.n for row in rows)} to {max(row.n for row in rows)} a language"
    legend = legend.partition("; ")[2].replace("filled", "bold and star")
    if any(DAGGER in dagger(learned, model, name) for model in models for name in names[model]):
        legend += f"; {DAGGER} not learned"
    title(
        figure,
        f"Gain over no intermediate training, points; {n}, seeds: {max(r.seeds for r in rows)};\n"
        f"{legend}",
    )
    save(figure, file)


def draw_panel(
    axes: Axes,
    rows: dict[int, TaskScore],
    significant: set[int],
    names: list[str],
    labels: list[str],
    tests: list[str],
    reach: float,
) -> None:
    """One model; `rows` by their index among all rows, of which some are `significant`."""
    gains = np.full((len(names), len(tests)), np.nan)
    marked = set()
    for index, row in rows.items():
        cell = names.index(row.recipe), tests.index(row.task)
        gains[cell] = row.gain.value if row.gain else np.nan
        if index in significant:
            marked.add(cell)
    numbers(axes, gains, gains, labels, tests, (-reach, reach), "RdBu", "+.0f", marked)
    axes.set_xticks(range(len(tests)), tests, rotation=45, ha="right", fontsize=7)
