"""Classification of a text or a pair of texts.

Example: {"id", "first", "second" (or absent), "label"}. Prediction: the index of a label. A
submission has the name of a label on each line.
"""

from waystation.data.examples import Description
from waystation.task_types import TaskType, labels


def submission_lines(task: Description, examples: list[dict], values: list[int]) -> list[str]:
    names = task.xtreme_labels or task.labels
    return [names[value] for value in values]


TYPE = TaskType(gold=labels, submission_lines=submission_lines)
