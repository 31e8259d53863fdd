"""Mine the pairs of translations out of two texts that are mostly not parallel.

Example: {"id", "side" (foreign or english), "text", "pairs": [id of a translation, ...]}. No model
is trained for mining, and no example is predicted by itself: `align` mines with an encoder alone
(waystation.alignment.miner). A submission has foreign id, tab, English id on each line.
"""

from waystation.data.examples import Description
from waystation.task_types import Relevant, TaskType

Pair = tuple[str, str]  # ids, foreign first


def submission_lines(task: Description, examples: list[dict], values: list[Pair]) -> list[str]:
    return ["\t".join(pair) for pair in values]


def gold_lines(task: Description, examples: list[dict], relevant: Relevant) -> list[str]:
    foreign = [example for example in examples if example["side"] == "foreign"]
    pairs = [(example["id"], english) for example in foreign for english in example["pairs"]]
    return submission_lines(task, examples, pairs)


TYPE = TaskType(
    submission_lines=submission_lines,
    gold_lines=gold_lines,
    aligned_splits=("validation", "test"),  # validation rows set the threshold
)
