"""One module a metric: pure functions of gold and predictions.

    NAMES    what the metric measures, the main score first
    points   (gold, predicted, language) -> {name: (points, weight)} of one example
    scores   (points of many examples) -> {name: score in percent}

Points stay on disk beside the predictions, so that intervals can be computed without a model: up to
rounding a score is 100 x the sum of points over the sum of weights, a mean for (x, 1), a
micro-average for (correct, words). `scores` computes it in the official scorer's order of
operations, which makes the last digit the same.

Where what one example is worth depends on its neighbours in the file, there is instead of `points`

    file_points   (golds, predictions, language) -> a list of what `points` gives
"""

import importlib
import pkgutil
from types import ModuleType

from waystation.base.errors import choose

Points = dict[str, tuple[float, float]]


def load(name: str) -> ModuleType:
    """The module of a metric; UserError names the allowed ones."""
    names = sorted(entry.name for entry in pkgutil.iter_modules(__path__))
    return importlib.import_module(f"waystation.metrics.{choose(name, names, 'metric')}")


def main_name(metric: str) -> str:
    """What the main score is called, without its unit."""
    return load(metric).NAMES[0]


def points(metric: str, golds: list, predictions: list, language: str) -> list[Points]:
    """Points of every example of a file, in its order."""
    module = load(metric)
    if hasattr(module, "file_points"):
        return module.file_points(golds, predictions, language)
    pairs = zip(golds, predictions, strict=True)
    return [module.points(gold, predicted, language) for gold, predicted in pairs]


def scores(metrics: tuple[str, ...], points: list[Points]) -> dict[str, float]:
    """{name_percent: score} of many examples, of all metrics."""
    scored = [load(metric).scores(points) for metric in metrics]
    return {f"{name}_percent": value for named in scored for name, value in named.items()}


def ratio(points: list[Points], name: str) -> float:
    """Sum of points over sum of weights; 0 where nothing has weight."""
    weight = sum(p[name][1] for p in points)
    return sum(p[name][0] for p in points) / weight if weight else 0.0
