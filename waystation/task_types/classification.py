"""Classification of a text or a pair of texts.

Example: {"id", "first", "second" (or absent), "label"}. Prediction: the index of a label. A
submission has the name of a label on each line.
"""

from waystation.data.examples import Description
from waystation.task_types import Relevant, TaskType


def submission_lines(task: Description, examples: list[dict], values: list[int]) -> list[str]:
    names = task.xtreme_labels or task.labels
    return [names[value] for value in values]


def gold_lines(task: Description, examples: list[dict], relevant: Relevant) -> list[str]:
    return submission_lines(task, examples, [example["label"] for example in examples])


TYPE = TaskType(submission_lines=submission_lines, gold_lines=gold_lines)
