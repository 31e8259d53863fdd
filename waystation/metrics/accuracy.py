"""Share of labels that are right: per example, or per word for tagging (micro-average)."""

from typing import Any

from waystation.metrics import Points, ratio

NAMES = ("accuracy",)


def points(gold: Any, predicted: Any, language: str) -> Points:
    """Of a label of any kind, or of a list of a sentence's labels."""
    if isinstance(gold, list):
        right = sum(a == b for a, b in zip(gold, predicted, strict=True))
        return {"accuracy": (float(right), float(len(gold)))}
    return {"accuracy": (float(gold == predicted), 1.0)}


def scores(points: list[Points]) -> dict[str, float]:
    return {"accuracy": 100 * ratio(points, "accuracy")}
