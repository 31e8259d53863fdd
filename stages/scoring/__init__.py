"""One module a metric: a pure function of one example's gold and prediction.

    NAMES    what the metric measures, the main score first
    points   (gold, predicted, language) -> {name: (points, weight)}

A score is 100 x the sum of points over the sum of weights: a mean for (x, 1), a micro-average for
(correct, words). Points stay on disk beside the predictions, so that intervals can be computed
without a model.
"""

import importlib
import pkgutil
from types import ModuleType

from stages.errors import choose

Points = dict[str, tuple[float, float]]


def load(name: str) -> ModuleType:
    """The module of a metric; UserError names the allowed ones."""
    names = sorted(entry.name for entry in pkgutil.iter_modules(__path__))
    return importlib.import_module(f"stages.scoring.{choose(name, names, 'metric')}")


def main_name(metric: str) -> str:
    """What the main score is called, without its unit."""
    return load(metric).NAMES[0]


def percent(points: list[tuple[float, float]]) -> float:
    """The score of many examples on a scale of 0 to 100; 0 where nothing has weight.

    That is the F1 of tagging without a span in gold or prediction, as seqeval gives it.
    """
    weight = sum(w for _, w in points)
    return 100.0 * sum(p for p, _ in points) / weight if weight else 0.0


def scores(points: list[Points]) -> dict[str, float]:
    """{name_percent: score} of many examples."""
    return {f"{name}_percent": percent([p[name] for p in points]) for name in points[0]}
