"""Retrieval of candidates from a pool that the examples of a task share.

Example: {"id", "query", "key", "candidate" (training), "candidates": [{"key", "text"}, ...]}; the
query looks for the candidate with its key among all candidates of the pool. Prediction: the keys of
the best candidates, best first. A submission is {id: [candidate, ...]}, best first, a gold file
{id: [relevant candidate, ...]}.
"""

from waystation.task_types import Candidates, TaskType, json_by_id


def gold(examples: list[dict], candidates: Candidates | None) -> list[list[str]]:
    if candidates is None:
        raise TypeError("retrieval from a pool is scored against its candidates")
    return [candidates.relevant(example) for example in examples]


TYPE = TaskType(
    gold=gold,
    extension="json",
    submission_lines=json_by_id,
    further_test_passes=1,  # over unshared tokens, waystation.evaluation.unshared
)
