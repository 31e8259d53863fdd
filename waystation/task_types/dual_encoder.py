"""Retrieval of candidates from a pool that the examples of a task share.

Example: {"id", "query", "key", "candidate" (training), "candidates": [{"key", "text"}, ...]}; the
query looks for the candidate with its key among all candidates of the pool. Prediction: the keys of
the best candidates, best first. A submission is {id: [candidate, ...]}, best first, a gold file
{id: [relevant candidate, ...]}.
"""

from waystation.data.examples import Description
from waystation.task_types import Relevant, TaskType, json_by_id


def gold_lines(task: Description, examples: list[dict], relevant: Relevant) -> list[str]:
    return json_by_id(task, examples, [relevant(example) for example in examples])


TYPE = TaskType(
    extension="json",
    submission_lines=json_by_id,
    gold_lines=gold_lines,
    further_test_passes=1,  # over unshared tokens, waystation.evaluation.unshared
)
