"""A label for every word.

Example: {"id", "tokens", "tags"}. Prediction: one index of a label per word. A submission has the
name of a tag on each line and an empty line after a sentence.
"""

from waystation.data.examples import Description
from waystation.task_types import Candidates, TaskType


def gold(examples: list[dict], candidates: Candidates | None) -> list[list[int]]:
    return [example["tags"] for example in examples]


def named(tags: list[int], labels: tuple[str, ...]) -> list[str]:
    return [labels[tag] for tag in tags]


def submission_lines(task: Description, examples: list[dict], values: list[list[str]]) -> list[str]:
    return [line for sentence in values for line in [*sentence, ""]]


TYPE = TaskType(gold=gold, named=named, submission_lines=submission_lines)
