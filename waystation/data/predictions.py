"""Predictions on disk: the interface between models and reports.

One file a task and language, one JSON object a line: {"id", "prediction", "points"}, points as in
`waystation.metrics`; of retrieval from a pool also those of `waystation.evaluation.unshared`, as
`unshared_<name>`.
"""

import json
from pathlib import Path

from waystation.metrics import Points
from waystation.text_files import in_form, read_json_lines

UNSHARED = "unshared_"  # before the name of a score over unshared tokens


def write(file: Path, examples: list[dict], predicted: list, points: list[Points]) -> None:
    """Write a file: the examples' ids, what was predicted, and its points."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8") as stream:
        for example, prediction, point in zip(examples, predicted, points, strict=True):
            line = {"id": example["id"], "prediction": prediction, "points": point}
            stream.write(json.dumps(line, ensure_ascii=False) + "\n")


def read_points(file: Path, name: str) -> list[tuple[float, float]]:
    """The points of one score, example by example."""
    points = []
    for _, line in read_json_lines(file):
        with in_form(file):
            value, weight = line["points"][name]
            points.append((float(value), float(weight)))
    return points
