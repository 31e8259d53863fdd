"""Zero-shot score by the number of intermediate tasks, one after the other; 95 % intervals.

With one order the axis names the task that each step adds.
"""

from pathlib import Path

from waystation.report.figures import nothing, panels, save, title, values

PANELS = 5  # side by side
LINES = ("-", "--", ":", "-.")


def draw(tables: dict[str, list[dict]], file: Path) -> None:
    rows = tables["sequence"]
    if not rows:
        return nothing(file, "no recipe of a sequence of tasks has run")
    tasks, models, orders = (values(rows, key) for key in ("task", "model", "order"))
    figure, grid = panels(len(tasks), PANELS, (2.6, 2.7))
    for axes, task in zip(grid, tasks, strict=True):
        same = [row for row in rows if row["task"] == task]
        for index, model in enumerate(models):
            for order, line in zip(orders, LINES * len(orders), strict=False):
                found = [r for r in same if (r["model"], r["order"]) == (model, order)]
                label = model if len(orders) == 1 else f"{model}, {order}"
                draw_line(axes, found, color=f"C{index}", linestyle=line, label=label)
        if (chance := same[0].get("chance_percent")) is not None:
            axes.axhline(chance, color="0.5", linewidth=0.8, label="chance")
        axes.set_title(task)
        if len(orders) == 1:
            steps = dict(sorted((row["length"], row.get("added", row["recipe"])) for row in same))
            axes.set_xticks(list(steps), steps.values(), rotation=90, fontsize=7)
        else:
            axes.xaxis.get_major_locator().set_params(integer=True)
            axes.set_xlabel("intermediate tasks")
    labels = dict(zip(*grid_legend(grid), strict=True))
    title(
        figure, "Zero-shot score, percent, along a sequence of intermediate tasks, 95 % intervals"
    )
    figure.legend(labels.values(), labels, loc="center left", bbox_to_anchor=(1.0, 0.5))
    return save(figure, file)


def draw_line(axes, rows: list[dict], **style) -> None:
    if not rows:
        return
    lengths = [row["length"] for row in rows]
    axes.plot(lengths, [row["zero_shot_percent"] for row in rows], "o", markersize=3, **style)
    low, high = ([row[key] for row in rows] for key in ("low_percent", "high_percent"))
    axes.fill_between(lengths, low, high, color=style["color"], alpha=0.12, linewidth=0)


def grid_legend(grid) -> tuple[list[str], list]:
    """(labels, handles) of all panels."""
    found = [axes.get_legend_handles_labels() for axes in grid]
    return [t for _, texts in found for t in texts], [h for handles, _ in found for h in handles]
