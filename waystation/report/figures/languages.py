"""Score by language for every recipe: the larger the distance from English, the further right.

Numbers are scores, colours their difference from the baseline in the same language.
"""

from collections import Counter
from pathlib import Path

import numpy as np

from waystation.report.figures import blocks, nothing, numbers, recipes, save, title, values

PANELS = 7  # side by side at most, as many as the width has room for
WIDTH = 16.0  # inches


def draw(tables: dict[str, list[dict]], file: Path) -> None:
    rows = [row for row in tables["scores"] if row["status"] == "run"]
    if not rows:
        return nothing(file, "no cell has run")
    shown = {model: [r for r in rows if r["model"] == model] for model in values(rows, "model")}
    names = {model: recipes(tables, found) for model, found in shown.items()}
    width = max(1.6, 0.3 * longest(rows))
    figure, grid = blocks(
        [len(values(found, "task")) for found in shown.values()],
        [0.16 * len(names[model]) + 0.7 for model in shown],
        min(PANELS, max(1, int(WIDTH / width))),
        width,
    )
    widest = max((abs(row["gain"]) for row in rows if "gain" in row), default=1.0)
    reach = min(25.0, max(widest, 1.0))
    for (model, found), block in zip(shown.items(), grid, strict=True):
        for task, axes in zip(values(found, "task"), block, strict=True):
            same = [row for row in found if row["task"] == task]
            draw_panel(axes, same, names[model], reach)
            axes.set_title(f"{model}, {task}", fontsize=8)
    title(
        figure,
        "Score by language, percent; coloured by the difference from no intermediate training,\n"
        f"red to blue: −{reach:.0f} to +{reach:.0f} points",
    )
    return save(figure, file)


def longest(rows: list[dict]) -> int:
    """The languages of the task that has most."""
    tasks = {(row["task"], row["language"]): row["task"] for row in rows}
    return max(Counter(tasks.values()).values())


def draw_panel(axes, rows: list[dict], names: list[str], reach: float) -> None:
    languages = values(rows, "language")
    scores = np.full((len(names), len(languages)), np.nan)
    gains = scores.copy()
    for row in rows:
        place = names.index(row["recipe"]), languages.index(row["language"])
        scores[place], gains[place] = row["score_percent"], row.get("gain", 0.0)
    numbers(axes, scores, gains, names, languages, (-reach, reach), "RdBu")
