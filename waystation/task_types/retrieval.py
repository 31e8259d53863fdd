"""Find a sentence's translation among those of all examples, with an encoder alone.

Example: {"id", "foreign", "english"}. Prediction: the index of the example whose foreign sentence
is nearest to the English one. XTREME asks in English, and sorts its English file so that the order
does not give the answer away. A submission has a line for each sentence of that file. The line is
the index of the foreign sentence in the order of the data set, from 0.
"""

from waystation.data.examples import Description
from waystation.task_types import Relevant, TaskType


def submission_lines(task: Description, examples: list[dict], values: list[int]) -> list[str]:
    """`values[i]`: the index of the foreign sentence that the English one of example i finds."""
    asked = sorted(range(len(examples)), key=lambda index: examples[index]["english"].strip())
    return [str(values[index]) for index in asked]


def gold_lines(task: Description, examples: list[dict], relevant: Relevant) -> list[str]:
    """Each example should find itself."""
    return submission_lines(task, examples, list(range(len(examples))))


TYPE = TaskType(submission_lines=submission_lines, gold_lines=gold_lines)
