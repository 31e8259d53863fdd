"""Score by language for every recipe, the languages from near English to far.

Numbers are scores, colours their difference from the baseline in the same language.
"""

from collections import Counter
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from waystation.report.figures import blocks, numbers, recipes, save, title, values
from waystation.report.learned import DAGGER, dagger, has_learned
from waystation.report.records import LanguageScore, Tables

PANELS = 7  # side by side at most; fewer where the width has no room
WIDTH = 16.0  # inches


def draw(tables: Tables, file: Path) -> None:
    rows = [row for row in tables.scores if row.status == "run"]
    if not rows:
        return
    shown = {model: [r for r in rows if r.model == model] for model in values(rows, "model")}
    names = {model: recipes(tables, scores) for model, scores in shown.items()}
    learned = has_learned(tables.intermediate)
    labels = {
        model: [recipe + dagger(learned, model, recipe) for recipe in names[model]]
        for model in shown
    }
    width = max(1.6, 0.3 * longest(rows))
    figure, grid = blocks(
        [len(values(scores, "task")) for scores in shown.values()],
        [0.16 * len(names[model]) + 0.7 for model in shown],
        min(PANELS, max(1, int(WIDTH / width))),
        width,
    )
    widest = max((abs(row.gain.value) for row in rows if row.gain), default=1.0)
    reach = min(25.0, max(widest, 1.0))
    for (model, scores), block in zip(shown.items(), grid, strict=True):
        for task, axes in zip(values(scores, "task"), block, strict=True):
            same = [row for row in scores if row.task == task]
            draw_panel(axes, same, names[model], labels[model], reach)
            axes.set_title(f"{model}, {task}", fontsize=8)
    title(
        figure,
        "Score by language, percent; coloured by the difference from no intermediate training,\n"
        f"red to blue: −{reach:.0f} to +{reach:.0f} points"
        + (f"; {DAGGER} an intermediate task was not learned" if "no" in learned.values() else ""),
    )
    save(figure, file)


def longest(rows: list[LanguageScore]) -> int:
    """The largest number of languages of a task."""
    return max(Counter(task for task, _ in {(row.task, row.language) for row in rows}).values())


def draw_panel(
    axes: Axes, rows: list[LanguageScore], names: list[str], labels: list[str], reach: float
) -> None:
    languages = values(rows, "language")
    scores = np.full((len(names), len(languages)), np.nan)
    gains = scores.copy()
    for row in rows:
        cell = names.index(row.recipe), languages.index(row.language)
        scores[cell] = row.score.value if row.score else np.nan
        gains[cell] = row.gain.value if row.gain else 0.0
    numbers(axes, scores, gains, labels, languages, (-reach, reach), "RdBu")
