"""How long one answer takes, language by language: percentiles of a single stream of queries.

Only of the recipe that the others are compared with: the others differ by what `ratios.png` shows.
"""

from pathlib import Path

from waystation.report.figures import measured_on, panels, save, title, values
from waystation.report.records import Tables
from waystation.report.speed.engines import of_first
from waystation.report.speed.speeds import Cost

MARKS = {50: "o", 90: "|", 95: "x", 99: ">"}  # percentiles


def draw(tables: Tables, file: Path) -> None:
    rows = base_rows(tables)
    if not rows:
        return
    groups = by_panel(rows)
    tallest = max(len(same) for same in groups.values())
    figure, grid = panels(len(groups), 4, (2.8, 0.9 + 0.16 * tallest))
    for axes, ((model, task), same) in zip(grid, groups.items(), strict=True):
        for height, row in enumerate(same):
            told = percentiles(row)
            axes.hlines(height, min(told.values()), max(told.values()), color="C0", linewidth=1)
            for percent, latency in told.items():
                axes.plot(latency, height, MARKS[percent], color="C0", markersize=5)
        axes.set_ylim(len(same) - 0.5, -0.5)
        axes.set_yticks(range(len(same)), values(same, "language"), fontsize=8)
        axes.set_xlim(left=0)
        axes.set_xlabel("ms")
        axes.set_title(f"{model}, {task}")
    for percent in values_of_all(rows):
        grid[0].plot([], [], MARKS[percent], color="C0", label=f"p{percent}")
    least = int(min(row.measured["latency_n"] for row in rows))
    title(
        figure,
        f"Latency of one query after another, recipe {rows[0].recipe}, text to prediction;\n"
        f"at least {least:,} queries a language; a percentile only where so many support it"
        f"{measured_on(tables)}",
    )
    figure.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    save(figure, file)


def base_rows(tables: Tables) -> list[Cost]:
    """The measured cells of the recipe that the others are compared with."""
    rows = of_first(tables.cost)
    return [row for row in rows if row.recipe == rows[0].recipe and percentiles(row)]


def by_panel(rows: list[Cost]) -> dict[tuple[str, str], list[Cost]]:
    """The languages of each model and task, in their order."""
    groups: dict[tuple[str, str], list[Cost]] = {}
    for row in rows:
        groups.setdefault((row.model, row.task), []).append(row)
    return groups


def percentiles(row: Cost) -> dict[int, float]:
    """The percentiles that are told, in milliseconds."""
    told = {percent: row.measured.get(f"latency_p{percent}_ms") for percent in MARKS}
    return {percent: latency for percent, latency in told.items() if latency is not None}


def values_of_all(rows: list[Cost]) -> list[int]:
    return [percent for percent in MARKS if any(percent in percentiles(row) for row in rows)]
