"""A label for every word.

Example: {"id", "tokens", "tags"}. Prediction: one index of a label per word. A submission has the
name of a tag on each line and an empty line after a sentence.
"""

from waystation.data.examples import Description
from waystation.task_types import Relevant, TaskType


def submission_lines(task: Description, examples: list[dict], values: list[list[str]]) -> list[str]:
    return [line for sentence in values for line in [*sentence, ""]]


def gold_lines(task: Description, examples: list[dict], relevant: Relevant) -> list[str]:
    named = [[task.labels[tag] for tag in example["tags"]] for example in examples]
    return submission_lines(task, examples, named)


TYPE = TaskType(submission_lines=submission_lines, gold_lines=gold_lines)
