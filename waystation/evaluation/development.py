"""English development scores of a phase, with what tells whether its tasks were learned."""

import math
from collections import Counter
from typing import Any

from waystation import metrics
from waystation.evaluation.rows import Rows, chance_percent, main_score, points_of
from waystation.metrics import Points


def commonest_label(rows: list[dict]) -> int | None:
    """The most frequent label or tag of some examples, the smallest of several.

    None for a kind of task without labels.
    """
    counts: Counter[int] = Counter()
    for row in rows:
        counts.update(row.get("tags", [row["label"]] if "label" in row else []))
    return min(counts, key=lambda label: (-counts[label], label)) if counts else None


def development_entry(rows: Rows, points: list[Points], commonest: int | None) -> dict[str, Any]:
    """A task's development score with its standard error over rows, beside its levels.

    `chance_percent` is the score of a guess, `majority_percent` that of the training rows'
    commonest label; None where a task has no such level.
    """
    name = f"{metrics.main_name(rows.task.metrics[0])}_percent"
    return {
        "main_score": name,
        name: main_score(rows.task, points),
        "standard_error_percent": standard_error(points, name.removesuffix("_percent")),
        "n": len(points),
        "chance_percent": chance_percent(rows),
        "majority_percent": None if commonest is None else majority_percent(rows, commonest),
    }


def majority_percent(rows: Rows, label: int) -> float:
    """The main score of one label for all examples, or for all words."""
    same = [[label] * len(gold) if isinstance(gold, list) else label for gold in rows.gold]
    return main_score(rows.task, points_of(rows, same))


def standard_error(points: list[Points], name: str) -> float:
    """Of a score over examples, in percent, by the delta method for a ratio of sums."""
    pairs, n = [example[name] for example in points], len(points)
    weight = sum(w for _, w in pairs)
    if n < 2 or not weight:
        return 0.0
    ratio = sum(p for p, _ in pairs) / weight
    squares = sum((p - ratio * w) ** 2 for p, w in pairs)
    return 100 * math.sqrt(squares * n / (n - 1)) / weight
