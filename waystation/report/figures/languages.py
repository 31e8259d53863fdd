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
CELL = 0.26  # inches, wide


def draw(tables: Tables, file: Path) -> None:
    """A picture a model: the first one's has the plain name."""
    rows = [row for row in tables.scores if row.status == "run"]
    widest = max((abs(row.gain.value) for row in rows if row.gain), default=1.0)
    for number, model in enumerate(values(rows, "model")):
        own = file if number == 0 else file.with_stem(f"{file.stem}-{model}")
        draw_model(tables, [row for row in rows if row.model == model], min(25.0, widest), own)


def draw_model(tables: Tables, rows: list[LanguageScore], reach: float, file: Path) -> None:
    model, names, tasks = rows[0].model, recipes(tables, rows), values(rows, "task")
    learned = has_learned(tables.intermediate)
    labels = [recipe + dagger(learned, model, recipe) for recipe in names]
    width, reach = max(1.6, CELL * longest(rows)), max(reach, 1.0)
    columns = min(PANELS, max(1, int(WIDTH / width)))
    figure, (block,) = blocks([len(tasks)], [0.16 * len(names) + 0.7], columns, width)
    for task, axes in zip(tasks, block, strict=True):
        draw_panel(axes, [row for row in rows if row.task == task], names, labels, reach)
        axes.set_title(task, fontsize=8)
    title(
        figure,
        f"{model}: score by language, percent; coloured by the difference from no intermediate "
        f"training,\nred to blue: −{reach:.0f} to +{reach:.0f} points"
        + (f"; {DAGGER} an intermediate task was not learned" if labels != names else ""),
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
