"""The speed of each recipe over the base's, language by language, beside the band of equality.

A row of panels a task and model: latency and throughput, on a scale of logarithms. A filled point
is decided.
"""

from pathlib import Path

from matplotlib.axes import Axes

from waystation.report.figures import (
    Point,
    draw_intervals,
    measured_on,
    panels,
    save,
    title,
    values,
)
from waystation.report.records import Tables
from waystation.report.speed.engines import of_recipes
from waystation.report.speed.speeds import SpeedRatio

UNDECIDED = "undecided"
EDGES = (1.1, 1.25, 1.5, 2, 4)  # few blocks give intervals that go on beyond the last
BASES = {"recipe": "base", "backend": "base_backend"}  # where a row names what it is compared with


def draw(tables: Tables, file: Path) -> None:
    draw_ratios(tables, of_recipes(tables.speeds), "recipe", file)


def draw_ratios(tables: Tables, rows: list[SpeedRatio], key: str, file: Path) -> None:
    """Panels of what differs by `key`, a field of the rows."""
    if not rows:
        return
    groups: dict[tuple[str, str, str], list[SpeedRatio]] = {}
    for row in rows:
        groups.setdefault((row.model, row.task, row.measure), []).append(row)
    names = values(rows, key)
    tallest = max(len(values(same, "language")) for same in groups.values())
    height = 0.9 + 0.13 * tallest * (1 + len(names))
    figure, grid = panels(len(groups), 4, (2.8, height))
    for axes, ((model, task, measure), same) in zip(grid, groups.items(), strict=True):
        draw_panel(axes, same, key, names)
        axes.set_title(f"{model}, {task}\n{measure}")
    for number, name in enumerate(names):
        grid[0].plot([], [], "o", color=f"C{number}", label=name)
    margin, base = rows[0].margin_percent, getattr(rows[0], BASES[key])
    title(
        figure,
        f"Speed over that of {base}, 95 % intervals over blocks; band: within {margin:g} %;"
        f"\nopen: undecided{measured_on(tables)}",
    )
    figure.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    save(figure, file)


def draw_panel(axes: Axes, rows: list[SpeedRatio], key: str, names: list[str]) -> None:
    languages, edge = values(rows, "language"), 1 + rows[0].margin_percent / 100
    axes.axvspan(1 / edge, edge, color="0.5", alpha=0.15, linewidth=0)
    axes.axvline(1, color="0.2", linewidth=0.8)
    for number, name in enumerate(names):
        shift = ((number + 0.5) / len(names) - 0.5) * 0.7
        points = [
            Point(row.ratio, languages.index(row.language) + shift, row.verdict != UNDECIDED, "o")
            for row in rows
            if getattr(row, key) == name
        ]
        draw_intervals(axes, points, f"C{number}")
    axes.set_ylim(len(languages) - 0.5, -0.5)
    axes.set_yticks(range(len(languages)), languages, fontsize=8)
    edge = edge_of([bound for row in rows for bound in (row.ratio.low, row.ratio.high)])
    axes.set_xscale("log")
    axes.set_xlim(1 / edge, edge)
    axes.set_xticks([1 / edge, 1, edge], [f"{1 / edge:.2g}", "1", f"{edge:g}"])
    axes.minorticks_off()


def edge_of(bounds: list[float]) -> float:
    """The factor that the picture shows to both sides of 1: twice as fast lies as far as half."""
    widest = max(max(bound, 1 / bound) if bound > 0 else EDGES[-1] for bound in bounds)
    return next((edge for edge in EDGES if edge >= widest), EDGES[-1])
