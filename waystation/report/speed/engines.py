"""Engines beside each other: one recipe, several engines; all other tables take the first engine.

Scores are those on the rows that both engines were scored on, which are few: they tell an engine
that loses something from one that does not, and are no results of the recipe.
"""

import textwrap
from collections import Counter
from collections.abc import Sequence

from waystation.comparison.decisions import EQUAL, FASTER, LOSES, SLOWER, UNDECIDED, share_kept
from waystation.report.records import MEAN
from waystation.report.speed.speeds import Cost, SpeedRatio
from waystation.report.text import WIDTH, Rows, table


def of_first(rows: Sequence[Cost]) -> list[Cost]:
    """The cells of the engine that ran all recipes."""
    return [row for row in rows if row.backend == rows[0].backend]


def of_recipes(rows: Sequence[SpeedRatio]) -> list[SpeedRatio]:
    return [row for row in rows if row.backend == row.base_backend]


def of_engines(rows: Sequence[SpeedRatio]) -> list[SpeedRatio]:
    return [row for row in rows if row.backend != row.base_backend]


def kept(row: SpeedRatio) -> float:
    """The share of the first engine's score."""
    return share_kept(row.score_percent or 0.0, row.base_score_percent or 0.0)


def name_beside_first(row: Cost, rows: Sequence[Cost]) -> str:
    """The engine of a cell; empty for the one that ran all recipes."""
    return "" if row.backend == rows[0].backend else row.backend


def means(rows: Sequence[SpeedRatio]) -> list[SpeedRatio]:
    """Of each comparison of engines the mean over languages; of one language its own row."""
    groups = by_engine(of_engines(rows)).values()
    return [next((row for row in same if row.language == MEAN), same[0]) for same in groups]


def engine_table(rows: Sequence[SpeedRatio]) -> str:
    """What each engine gives in speed, and what it keeps of the score."""
    engines = of_engines(rows)
    if not engines:
        return ""
    models: dict[str, Rows] = {}
    for (model, backend, task, measure), same in by_engine(engines).items():
        name = f"{backend}, {task}, {measure}"
        models.setdefault(model, []).append((name, texts(same)))
    first = engines[0]
    heading = f"engines over {first.base_backend}, {first.recipe}"
    columns = ["ratio", "95 %", "faster", "slower", "equal", "open", "score", "of", "least"]
    note = (
        "ratio: mean over languages; then how many languages have which verdict, open: undecided; "
        "score, of: percent, mean over languages, beside that of the base on the same rows; least: "
        f"percent kept in the worst language. With a {LOSES} no engine is called faster"
    )
    return "\n".join(["", *table(heading, columns, models), *textwrap.wrap(note, WIDTH)])


def by_engine(rows: Sequence[SpeedRatio]) -> dict[tuple[str, str, str, str], list[SpeedRatio]]:
    groups: dict[tuple[str, str, str, str], list[SpeedRatio]] = {}
    for row in rows:
        groups.setdefault((row.model, row.backend, row.task, row.measure), []).append(row)
    return groups


def texts(same: Sequence[SpeedRatio]) -> list[str]:
    (row,), single = means(same), [one for one in same if one.language != MEAN]
    said = Counter(one.verdict for one in single)
    return [
        f"{row.ratio.value:.3f}",
        f"{row.ratio.low:.3f} to {row.ratio.high:.3f}",
        *(f"{said[word]}" for word in (FASTER, SLOWER, EQUAL, UNDECIDED)),
        f"{row.score_percent:.1f}",
        f"{row.base_score_percent:.1f}",
        f"{100 * min(map(kept, single)):.1f}",
    ]
