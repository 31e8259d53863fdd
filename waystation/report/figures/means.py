"""What every recipe scores, a panel a task: zero-shot means beside chance and the English score.

The last panels are the encoders' own: retrieval by cosine and mining, before any target. The scale
is the whole one, from 0 to 100: a difference between recipes looks as large as it is.
"""

from dataclasses import dataclass
from pathlib import Path

from waystation.report.encoders.encoder_measures import PROTOCOL_MEASURES
from waystation.report.figures import interval_panels, recipes, save, title, values
from waystation.report.records import (
    RANDOM,
    ROWS,
    Estimate,
    LayerMean,
    Tables,
    TaskScore,
    in_english,
    overs,
)


@dataclass(frozen=True)
class Mean:
    """A mean over languages with what stands beside it."""

    model: str
    recipe: str
    task: str
    score: Estimate
    chance_percent: float | None
    english_percent: float | None = None


def draw(tables: Tables, file: Path) -> None:
    rows = [*of_targets(tables), *of_encoders(tables)]
    if not rows:
        return
    lines, models = recipes(tables, rows), values(rows, "model")
    filled = {index for index, row in enumerate(rows) if row.recipe != RANDOM}
    english = {i: row.english_percent for i, row in enumerate(rows) if row.english_percent}
    figure, grid = interval_panels(rows, "score", "recipe", lines, models, filled, english)
    for task, axes in grid.items():
        chance = next(row.chance_percent for row in rows if row.task == task)
        if chance is not None:
            axes.axvline(chance, color="0.4", linestyle=":", linewidth=0.8)
        axes.set_xlim(-2, 102)
    first = next(iter(grid.values()))
    first.plot([], [], ":", color="0.4", label="chance")
    first.plot([], [], "|", color="0.4", label="in English")
    title(figure, caption(tables))
    figure.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    save(figure, file)


def caption(tables: Tables) -> str:
    """What the intervals of targets and of encoders run over, and what is open."""
    over = [overs(row.seeds for row in tables.gains)] if tables.gains else []
    names = ", ".join(values(of_encoders(tables), "task"))
    over += [f"{'of ' * bool(over)}{names} {ROWS} alone"] if names else []
    return (
        "Zero-shot means over the other languages, percent, 95 % intervals over "
        f"{'; '.join(over)};\nopen: random weights"
    )


def of_targets(tables: Tables) -> list[Mean]:
    """The targets' means."""
    english = in_english(tables.scores)

    def beside(row: TaskScore) -> float | None:
        own = english.get((row.model, row.recipe, row.task))
        return own.score.value if own and own.score else None

    return [
        Mean(row.model, row.recipe, row.task, row.zero_shot, row.chance_percent, beside(row))
        for row in tables.gains
    ]


def of_encoders(tables: Tables) -> list[Mean]:
    """The encoders' means over all languages, by XTREME's measures at the protocol's layer."""
    columns = [measure.column for measure in PROTOCOL_MEASURES]
    chance = {
        row.task: row.measured.get("chance_percent") for row in tables.alignment + tables.mining
    }
    return [
        Mean(row.model, row.recipe, row.task, estimate(row), chance.get(row.task))
        for row in tables.retrieval
        if row.measure in columns and (row.layer_by, row.scored) == ("protocol", "all")
    ]


def estimate(row: LayerMean) -> Estimate:
    low, high = row.low_percent, row.high_percent
    assert low is not None
    assert high is not None
    return Estimate(row.score_percent, low, high)
