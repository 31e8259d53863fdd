"""Score against throughput, a panel a task: which model, recipe and engine is worth its time.

Only of recipes whose speed was measured: the others of a model have its shape, and so its speed.
The throughput is the median over languages. An engine (open) has the first engine's score, times
what it keeps of the score on the rows that both were scored on. A line joins the points that no
other one beats in both.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from matplotlib.axes import Axes

from waystation.report.figures import measured_on, panels, save, title, values
from waystation.report.records import Estimate, Tables, by_cell, overs
from waystation.report.speed.engines import kept, means, name_beside_first

MARKERS = "os^Dv<>P*X"  # by recipe


@dataclass(frozen=True)
class Measured:
    """A model and recipe on a task: examples a second, and the zero-shot mean in percent.

    `engine` is empty for the first one.
    """

    model: str
    recipe: str
    engine: str
    task: str
    speed: float
    score: Estimate

    @property
    def label(self) -> str:
        return self.engine or self.recipe


def draw(tables: Tables, file: Path) -> None:
    points = measured(tables)
    tasks = values(points, "task")
    if len(points) <= len(tasks):  # nothing to compare
        return
    models, labels = values(points, "model"), values(points, "label")
    figure, grid = panels(len(tasks), 3, (3.6, 2.8))
    for axes, task in zip(grid, tasks, strict=True):
        draw_panel(axes, [point for point in points if point.task == task], models, labels)
        axes.set_title(task)
        axes.set_xlabel("examples/s")
    grid[0].set_ylabel("zero-shot score, percent")
    for number, model in enumerate(models):
        grid[0].plot([], [], "o", color=f"C{number}", label=model)
    for number, label in enumerate(labels):
        grid[0].plot([], [], MARKERS[number % len(MARKERS)], color="0.4", label=label)
    over = overs(row.seeds for row in tables.gains)
    title(
        figure,
        f"Score (95 % intervals over {over}) against throughput, all rows at once;\n"
        f"line: no other point is both faster and better{measured_on(tables)}",
    )
    figure.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    save(figure, file)


def measured(tables: Tables) -> list[Measured]:
    """A point a cell that has both a speed and a score."""
    speeds: dict[tuple[str, str, str, str], list[float]] = {}
    for row in tables.cost:
        engine = name_beside_first(row, tables.cost)
        speed = row.measured["examples_per_sec"]
        speeds.setdefault((row.model, row.recipe, engine, row.task), []).append(speed)
    scores, shares = by_cell(tables.gains), shares_kept(tables)
    return [
        Measured(
            *cell,
            median(rates),
            scaled(scores[model, recipe, task].zero_shot, shares.get((model, engine, task), 1.0)),
        )
        for cell, rates in speeds.items()
        for model, recipe, engine, task in [cell]
        if (model, recipe, task) in scores
    ]


def shares_kept(tables: Tables) -> dict[tuple[str, str, str], float]:
    """(model, engine, task): what the engine keeps of the score, at most all."""
    return {(r.model, r.backend, r.task): min(1.0, kept(r)) for r in means(tables.speeds)}


def scaled(score: Estimate, share: float) -> Estimate:
    return replace(score, value=score.value * share, low=score.low * share, high=score.high * share)


def draw_panel(axes: Axes, points: list[Measured], models: list[str], labels: list[str]) -> None:
    for point in points:
        colour = f"C{models.index(point.model)}"
        axes.vlines(point.speed, point.score.low, point.score.high, color=colour, linewidth=1)
        marker = MARKERS[labels.index(point.label) % len(MARKERS)]
        inside = "none" if point.engine else colour
        axes.plot(point.speed, point.score.value, marker, color=colour, mfc=inside, markersize=5)
    best = front([(point.speed, point.score.value) for point in points])
    axes.plot(*zip(*best, strict=True), color="0.5", linewidth=0.8, zorder=0)
    axes.set_xlim(0, 1.15 * max(point.speed for point in points))
    axes.set_ylim(0, 100)


def front(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Those that no other point beats in both, the fastest first."""
    best: list[tuple[float, float]] = []
    for point in sorted(points, reverse=True):
        if not best or point[1] > best[-1][1]:
            best.append(point)
    return best
