"""Share of labels that are right: per example, or per word for tagging (micro-average)."""

NAMES = ("accuracy",)


def points(gold: int | list[int], predicted: int | list[int], language: str) -> dict:
    if isinstance(gold, list):
        right = sum(a == b for a, b in zip(gold, predicted, strict=True))
        return {"accuracy": (float(right), float(len(gold)))}
    return {"accuracy": (float(gold == predicted), 1.0)}
