"""English development scores after intermediate training, a panel a task, beside its levels.

A triangle is a task that was not learned: its interval reaches down to chance or majority.
"""

from pathlib import Path

from matplotlib.axes import Axes

from waystation.report.figures import interval_panels, recipes, save, title, values
from waystation.report.records import IntermediateScore, Tables


def draw(tables: Tables, file: Path) -> None:
    rows = tables.intermediate
    if not rows:
        return
    lines, models = recipes(tables, rows), values(rows, "model")
    learned = {index for index, row in enumerate(rows) if row.learned == "yes"}
    figure, grid = interval_panels(rows, "english", "recipe", lines, models, learned)
    for task, axes in grid.items():
        draw_levels(axes, next(row for row in rows if row.task == task))
        axes.set_xlim(-2, 102)  # the whole scale: a task without levels has to lie above 0
    for style, label in ((":", "chance"), ("--", "majority")):
        next(iter(grid.values())).plot([], [], style, color="0.4", label=label)
    title(
        figure,
        "English development score after intermediate training, percent, 95 % intervals over rows;"
        "\nfilled circle: learned; open triangle: not above chance and majority",
    )
    figure.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    save(figure, file)


def draw_levels(axes: Axes, row: IntermediateScore) -> None:
    """Lines at the levels that a task has; all recipes of a task share them."""
    for level, style in ((row.chance_percent, ":"), (row.majority_percent, "--")):
        if level is not None:
            axes.axvline(level, color="0.4", linestyle=style, linewidth=0.8)
