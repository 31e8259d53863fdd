"""Zero-shot score by the number of intermediate tasks, one after the other; 95 % intervals.

With one order the axis names the task that each step adds. Markers beside a line: the same tasks in
no order, at once or merged.
"""

from pathlib import Path
from typing import Any

from matplotlib.axes import Axes

from waystation.report.figures import panels, save, title, values
from waystation.report.records import SequenceStep, Tables, overs

PANELS = 5  # side by side
LINES = ("-", "--", ":", "-.")
MARKERS = "sD^v"


def draw(tables: Tables, file: Path) -> None:
    rows = [row for row in tables.sequence if row.order != row.recipe]
    at_once = [row for row in tables.sequence if row.order == row.recipe]
    if not rows:
        return
    tasks, models, orders = (values(rows, key) for key in ("task", "model", "order"))
    figure, grid = panels(len(tasks), PANELS, (2.6, 2.7))
    for axes, task in zip(grid, tasks, strict=True):
        same = [row for row in rows if row.task == task]
        for index, model in enumerate(models):
            for order, line in zip(orders, LINES * len(orders), strict=False):
                steps = [row for row in same if (row.model, row.order) == (model, order)]
                label = model if len(orders) == 1 else f"{model}, {order}"
                draw_line(axes, steps, color=f"C{index}", linestyle=line, label=label)
            others = [row for row in at_once if (row.task, row.model) == (task, model)]
            draw_at_once(axes, others, values(at_once, "recipe"), f"C{index}", model)
        if (chance := same[0].chance_percent) is not None:
            axes.axhline(chance, color="0.5", linewidth=0.8, label="chance")
        axes.set_title(task)
        if len(orders) == 1:
            ticks = dict(sorted((row.length, row.added or row.recipe) for row in same))
            axes.set_xticks(list(ticks), ticks.values(), rotation=90, fontsize=7)
        else:
            axes.locator_params(axis="x", integer=True)
            axes.set_xlabel("intermediate tasks")
    labels = legend(grid)
    title(
        figure,
        "Zero-shot score, percent, along a sequence of intermediate tasks, 95 % intervals over "
        + overs(row.seeds for row in rows if row.seeds),
    )
    figure.legend(labels.values(), labels, loc="center left", bbox_to_anchor=(1.0, 0.5))
    save(figure, file)


def draw_line(axes: Axes, rows: list[SequenceStep], **style: Any) -> None:
    if not rows:
        return
    lengths, scores = [row.length for row in rows], [row.zero_shot for row in rows]
    axes.plot(lengths, [score.value for score in scores], "o", markersize=3, **style)
    low, high = [score.low for score in scores], [score.high for score in scores]
    axes.fill_between(lengths, low, high, color=style["color"], alpha=0.12, linewidth=0)


def draw_at_once(
    axes: Axes, rows: list[SequenceStep], recipes: list[str], color: str, model: str
) -> None:
    """A marker a recipe, side by side at its number of tasks."""
    for row in rows:
        place = recipes.index(row.recipe)
        score, x = row.zero_shot, row.length + 0.15 * (place + 1)
        reach = [[score.value - score.low], [score.high - score.value]]
        style: dict[str, Any] = {"color": color, "markersize": 4, "markerfacecolor": "white"}
        marker, label = MARKERS[place % len(MARKERS)], f"{model}, {row.recipe}"
        axes.errorbar([x], [score.value], reach, fmt=marker, label=label, **style)


def legend(grid: list[Axes]) -> dict[str, Any]:
    """{label: handle} of all panels."""
    labels: dict[str, Any] = {}
    for axes in grid:
        handles, texts = axes.get_legend_handles_labels()
        labels |= dict(zip(texts, handles, strict=True))
    return labels
