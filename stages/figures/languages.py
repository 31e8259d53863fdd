"""Score by language for every recipe: the larger the distance from English, the further right.

Numbers are scores, colours their difference from the baseline in the same language.
"""

from pathlib import Path

import numpy as np

from stages.figures import nothing, numbers, panels, recipes, save, title, values

PANELS = 7  # side by side


def draw(tables: dict[str, list[dict]], file: Path) -> None:
    rows = [row for row in tables["scores"] if row["status"] == "run"]
    if not rows:
        return nothing(file, "no cell has run")
    names = recipes(tables, rows)
    shown: dict[tuple, list[dict]] = {}
    for model in values(rows, "model"):
        for task in values(rows, "task"):
            shown[model, task] = [r for r in rows if (r["model"], r["task"]) == (model, task)]
    shown = {key: found for key, found in shown.items() if found}
    longest = max(len(values(found, "language")) for found in shown.values())
    size = (max(1.6, 0.3 * longest), 0.16 * len(names) + 0.7)
    figure, grid = panels(len(shown), min(PANELS, len(values(rows, "task"))), size, sharey=True)
    widest = max((abs(row["gain"]) for row in rows if "gain" in row), default=1.0)
    reach = min(25.0, max(widest, 1.0))
    for axes, ((model, task), found) in zip(grid, shown.items(), strict=True):
        draw_panel(axes, found, names, reach)
        axes.set_title(f"{model}, {task}", fontsize=8)
    title(
        figure,
        "Score by language, percent; coloured by the difference from no intermediate training,\n"
        f"red to blue: −{reach:.0f} to +{reach:.0f} points",
    )
    return save(figure, file)


def draw_panel(axes, rows: list[dict], names: list[str], reach: float) -> None:
    languages = values(rows, "language")
    scores = np.full((len(names), len(languages)), np.nan)
    gains = scores.copy()
    for row in rows:
        place = names.index(row["recipe"]), languages.index(row["language"])
        scores[place], gains[place] = row["score_percent"], row.get("gain", 0.0)
    numbers(axes, scores, gains, names, languages, (-reach, reach), "RdBu")
