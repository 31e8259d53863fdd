"""The choice that best continues a context or answers a question about it.

Example: {"id", "first", "choices": [text, ...], "label"}: the context, with the question if there
is one, and the answers; examples may have different numbers of choices. Prediction: the index of a
choice. A submission has {"label": index} on each line.
"""

import json

from waystation.data.examples import Description
from waystation.task_types import Relevant, TaskType


def submission_lines(task: Description, examples: list[dict], values: list[int]) -> list[str]:
    return [json.dumps({"label": value}) for value in values]


def gold_lines(task: Description, examples: list[dict], relevant: Relevant) -> list[str]:
    return submission_lines(task, examples, [example["label"] for example in examples])


def tokens_read(tokens: float, max_tokens: int) -> float:
    """All of an example's: each choice is a sequence of its own, which alone is cut."""
    return tokens


TYPE = TaskType(
    extension="jsonl",
    submission_lines=submission_lines,
    gold_lines=gold_lines,
    tokens_read=tokens_read,
)
