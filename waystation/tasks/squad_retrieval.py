"""SQuAD v1.1 as retrieval: find the sentence that holds the answer. Training data of LAReQA.

Rajpurkar et al. 2016; Roy et al. 2020. Candidates are all sentences of the contexts, split after
`.`, `!` or `?` and white space. (LAReQA encodes a sentence together with its context; here it
stands alone.)

    {"id": "68cf05f6", "context": "The Normans (Norman: ...", "question": "...",
     "answers": {"text": ["France"], "answer_start": [159]}}
"""

import hashlib
import re
from itertools import pairwise

from waystation.tasks import Task, answer_start, squad_v1

SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


def example(row: dict, index: int, language: str) -> dict:
    return retrieval_example(row, sentence_breaks(row["context"]), language)


def sentence_breaks(context: str) -> list[tuple[int, int]]:
    """[(first character, last + 1)] of each sentence; together they cover the context."""
    ends = [match.end() for match in SENTENCE_END.finditer(context)]
    return list(pairwise(sorted({0, *ends, len(context)})))


def retrieval_example(row: dict, breaks: list, language: str) -> dict:
    """The question, the sentences of its context and the one in which the first answer starts.

    A key is "<language>:<digest of the context>/<number of the sentence>".
    """
    context = row["context"]
    digest = hashlib.sha256(context.encode()).hexdigest()[:12]
    candidates = [
        {"key": f"{language}:{digest}/{number}", "text": context[start:end].strip()}
        for number, (start, end) in enumerate(breaks)
    ]
    answers = row["answers"]
    answer = answer_start(context, answers["text"][0], answers["answer_start"][0])
    # An answer may begin between two sentences, with the white space there.
    number = max(i for i, (start, _) in enumerate(breaks) if start <= answer or i == 0)
    return {
        "id": row["id"],
        "query": row["question"],
        "key": candidates[number]["key"],
        "candidate": candidates[number]["text"],
        "candidates": candidates,
    }


TASK = Task(
    __name__,
    type="dual_encoder",
    repository="rajpurkar/squad",
    license="CC BY-SA 4.0",
    citation="Rajpurkar et al. 2016, SQuAD; Roy et al. 2020, LAReQA",
    splits={"train": "train", "validation": "validation"},
    languages=("en",),
    columns=squad_v1.TASK.columns,
    config=lambda language: "plain_text",
    example=example,
    rows={"train": 87_599, "validation": 10_570},
    characters=220,
    metrics=("map_at_20",),
    trained_on="squad_retrieval",
)
