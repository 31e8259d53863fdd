"""One picture a module: `draw(tables, file)` turns the report's tables into a PNG.

`draw` writes no file where the tables have nothing to draw.

This module sets matplotlib up, without a display and with the look of all pictures. Panels wrap
into lines, so that a full grid stays as legible as a small one.
"""

import math
import pkgutil
from collections.abc import Container, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from waystation.report.intervals import holm
from waystation.report.records import (
    Difference,
    Estimate,
    Tables,
    TaskScore,
    overs,
)

matplotlib.use("Agg")
matplotlib.rcParams.update(
    {
        "figure.dpi": 110,
        "font.size": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "grid.alpha": 0.25,
        "legend.frameon": False,
    }
)


def modules() -> dict[str, str]:
    """The module of every picture, by the picture's name."""
    rooms = {__name__: __path__[0], f"{__name__}.speed": f"{__path__[0]}/speed"}
    return {
        entry.name: f"{room}.{entry.name}"
        for room, path in rooms.items()
        for entry in pkgutil.iter_modules([path])
        if not entry.ispkg
    }


def save(figure: Figure, file: Path) -> None:
    """Write a PNG whose bytes do not depend on the library's version string."""
    from matplotlib import pyplot

    figure.savefig(file, metadata={"Software": None}, bbox_inches="tight")
    pyplot.close(figure)


def title(figure: Figure, text: str) -> None:
    """Lay the panels out and set a title above them, at one distance for all heights."""
    figure.tight_layout()
    figure.suptitle(text, y=1.0, va="bottom")


def measured_on(tables: Tables) -> str:
    """A line of a title with the machine that measured speeds; empty where none is known."""
    if not tables.measurements:
        return ""
    first = tables.measurements[0]
    return (
        f"\n{first.processor}, {first.cores} cores, {first.threads} thread"
        f"{'s' * (first.threads > 1)} a model, {first.device}"
    )


def values(rows: Sequence[Any], field: str) -> list:
    """The values of a field of records, each once, in their order."""
    return list(dict.fromkeys(getattr(row, field) for row in rows))


def recipes(tables: Tables, rows: Sequence[Any]) -> list[str]:
    """The recipes of some rows, in the grid's order."""
    present = set(values(rows, "recipe"))
    return [recipe for recipe in values(tables.scores, "recipe") if recipe in present]


def panels(count: int, columns: int, size: tuple[float, float]) -> tuple[Figure, list[Axes]]:
    """A figure of `count` axes in even lines of at most `columns`; `size` of one in inches."""
    from matplotlib import pyplot

    lines = math.ceil(count / columns)
    columns = math.ceil(count / lines)
    whole = (size[0] * columns + 1.5, size[1] * lines + 0.8)
    figure, grid = pyplot.subplots(lines, columns, figsize=whole, squeeze=False)
    for axes in grid.flat[count:]:
        axes.axis("off")
    return figure, list(grid.flat[:count])


def marks(rows: Sequence[TaskScore | Difference], measure: str) -> tuple[set[int], str]:
    """The indices of rows whose difference a figure marks, and what its caption says of marks."""
    estimates = [getattr(row, measure) for row in rows]
    tested = {i: e.p_value for i, e in enumerate(estimates) if e.p_value is not None}
    legend = f"95 % intervals over {overs(row.seeds for row in rows)}; "
    if not tested:
        return set(), legend + "none is marked without a p-value over several seeds"
    filled = f"filled: p < 0.05, Holm-corrected over the figure's {len(tested)} differences"
    return holm(tested), legend + filled


def blocks(
    counts: list[int], heights: list[float], columns: int, width: float
) -> tuple[Figure, list[list[Axes]]]:
    """A figure with a block of axes for each count; a block has its own height in inches.

    A block's axes stand in even lines of at most `columns` and share the vertical scale. So a model
    with few recipes takes little room.
    """
    from matplotlib import pyplot

    columns = max(math.ceil(count / math.ceil(count / columns)) for count in counts)
    lines = [math.ceil(count / columns) for count in counts]
    ratios = [height for height, line in zip(heights, lines, strict=True) for _ in range(line)]
    figure = pyplot.figure(figsize=(width * columns + 1.5, sum(ratios) + 0.8))
    grid = figure.add_gridspec(len(ratios), columns, height_ratios=ratios)
    made, first = [], 0
    for count, line in zip(counts, lines, strict=True):
        block: list[Axes] = []
        for index in range(count):
            panel = grid[first + index // columns, index % columns]
            block.append(figure.add_subplot(panel, sharey=block[0] if block else None))
            block[-1].tick_params(labelleft=index % columns == 0)
        made.append(block)
        first += line
    return figure, made


def intervals(
    rows: Sequence[TaskScore | Difference],
    measure: str,
    field: str,
    lines: list[str],
    models: list[str],
    caption: str,
    file: Path,
) -> None:
    """A panel a task: differences with their intervals and marks, and a line at zero."""
    significant, legend = marks(rows, measure)
    figure, grid = interval_panels(rows, measure, field, lines, models, significant)
    for axes in grid.values():
        axes.axvline(0, color="0.2", linewidth=0.8)
    if any(is_not_learned(row) for row in rows):
        legend += "; triangle: an intermediate task was not learned"
    title(figure, f"{caption};\n{legend}")
    figure.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    save(figure, file)


def interval_panels(
    rows: Sequence[Any],
    measure: str,
    field: str,
    lines: list[str],
    models: list[str],
    filled: set[int],
    beside: dict[int, float] | None = None,
) -> tuple[Figure, dict[str, Axes]]:
    """A figure, and its axes by task: a line a value of `field`, a colour a model.

    Panels side by side have the same lines: those that any of them needs. So a task of forty
    languages stretches only its neighbours. `filled` has the indices of rows with filled points;
    `beside` the values that get a short grey stroke on a row's line.
    """
    tasks = values(rows, "task")
    columns = math.ceil(len(tasks) / math.ceil(len(tasks) / 5))
    together = [tasks[start : start + columns] for start in range(0, len(tasks), columns)]
    present = [set(values([r for r in rows if r.task in line], field)) for line in together]
    needed = [[line for line in lines if line in shown] for shown in present]
    heights = [0.065 * len(shown) * (1 + len(models)) + 0.8 for shown in needed]
    figure, grid = blocks([len(line) for line in together], heights, columns, 2.4)
    by_task: dict[str, Axes] = {}
    for names, shown, block in zip(together, needed, grid, strict=True):
        block[0].set_ylim(len(shown) - 0.5, -0.5)
        block[0].set_yticks(range(len(shown)), shown, fontsize=8)
        by_task |= dict(zip(names, block, strict=True))
        for axes, task in zip(block, names, strict=True):
            axes.set_title(task)
            for number, model in enumerate(models):
                shift = ((number + 0.5) / len(models) - 0.5) * 0.7
                points = []
                for index, row in enumerate(rows):
                    if (row.task, row.model) == (task, model):
                        height = shown.index(getattr(row, field)) + shift
                        marker = "^" if is_not_learned(row) else "o"
                        estimate = getattr(row, measure)
                        points.append(Point(estimate, height, index in filled, marker))
                        if beside and index in beside:
                            axes.plot(beside[index], height, "|", color="0.4", markersize=7)
                draw_intervals(axes, points, f"C{number}")
    for index, name in enumerate(models):
        grid[0][0].plot([], [], "o", color=f"C{index}", label=name)
    return figure, by_task


def is_not_learned(row: object) -> bool:
    """Whether an intermediate task of the row's recipe was not learned."""
    return getattr(row, "learned", None) == "no"


class Point(NamedTuple):
    """An estimate at a height of a panel."""

    estimate: Estimate
    height: float
    is_filled: bool
    marker: str


def draw_intervals(axes: Axes, points: list[Point], colour: str) -> None:
    """Points with their intervals."""
    heights = [point.height for point in points]
    lows, highs = ([getattr(p.estimate, end) for p in points] for end in ("low", "high"))
    axes.hlines(heights, lows, highs, color=colour, linewidth=1)
    style: dict[str, Any] = {"s": 16, "edgecolors": colour, "linewidths": 1, "zorder": 3}
    for marker in dict.fromkeys(point.marker for point in points):
        same = [point for point in points if point.marker == marker]
        inside = [colour if point.is_filled else "w" for point in same]
        values = [point.estimate.value for point in same]
        axes.scatter(values, [p.height for p in same], c=inside, marker=marker, **style)


def numbers(
    axes: Axes,
    shown: np.ndarray,
    colours: np.ndarray,
    rows: list[str],
    columns: list,
    limits: tuple[float, float],
    colormap: str,
    form: str = ".0f",
    marked: Container[tuple[int, int]] = (),
) -> None:
    """A table of numbers (rows, columns) on coloured squares, some in bold with a star; a NaN is an
    empty square."""
    image = axes.imshow(colours, cmap=colormap, vmin=limits[0], vmax=limits[1], aspect="auto")
    axes.grid(False)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    axes.set_xticks(range(len(columns)), columns, fontsize=7)
    axes.set_yticks(range(len(rows)), rows, fontsize=8)
    for (line, column), value in np.ndenumerate(shown):
        if math.isnan(value):
            continue
        red, green, blue, _ = image.cmap(image.norm(colours[line][column]))
        dark = 0.3 * red + 0.6 * green + 0.1 * blue < 0.5
        axes.text(
            column,
            line,
            f"{value:{form}}" + "*" * ((line, column) in marked),
            fontweight="bold" if (line, column) in marked else "normal",
            in_layout=False,
            ha="center",
            va="center",
            fontsize=7,
            color="w" if dark else "k",
        )
