"""The span of a context that answers a question.

Example: {"id", "question", "context", "answers": [{"text", "start"}, ...], "allows_none" (absent:
false)}; no answers means that the context has none. Prediction: a text, empty for no answer. A
submission is {id: answer}, a gold file has SQuAD's layout.
"""

import json
import math

from waystation.data.examples import Description
from waystation.task_types import Relevant, TaskType, json_by_id


def gold_lines(task: Description, examples: list[dict], relevant: Relevant) -> list[str]:
    """Questions with their answers, each a paragraph of its own."""
    paragraphs = []
    for row in examples:
        answers = [{"text": a["text"], "answer_start": a["start"]} for a in row["answers"]]
        question = {"id": row["id"], "question": row["question"], "answers": answers}
        paragraphs.append({"context": row["context"], "qas": [question]})
    layout = {"version": "1.1", "data": [{"title": "", "paragraphs": paragraphs}]}
    return [json.dumps(layout, indent=1)]


def features(tokens: float, max_tokens: int, stride: int) -> int:
    """Windows on a context that is longer than a feature may be."""
    return 1 + max(0, math.ceil((tokens - max_tokens) / stride))


TYPE = TaskType(
    extension="json", submission_lines=json_by_id, gold_lines=gold_lines, features=features
)
