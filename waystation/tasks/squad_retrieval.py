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

from waystation import tasks
from waystation.tasks import squad_v1

TYPE = "dual_encoder"
REPO = "rajpurkar/squad"
REVISION = "unpinned"
LICENSE = "CC BY-SA 4.0"
CITATION = "Rajpurkar et al. 2016, SQuAD; Roy et al. 2020, LAReQA"
COLUMNS = squad_v1.COLUMNS
SPLITS = {"train": "train", "validation": "validation"}
ROWS = {"train": 87_599, "validation": 10_570}
LANGUAGES = ("en",)
CHARACTERS = 220
METRICS = ("map_at_20",)
LABELS = ()
CHANCE = None
TRAINED_ON = "squad_retrieval"
SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


def config(language: str) -> str:
    return "plain_text"


def example(row: dict, index: int, language: str) -> dict:
    return retrieval_example(row, sentence_breaks(row["context"]), language)


def sentence_breaks(context: str) -> list[tuple[int, int]]:
    """[(first character, last + 1)] of each sentence; together they cover the context."""
    ends = [match.end() for match in SENTENCE_END.finditer(context)]
    places = sorted({0, *ends, len(context)})
    return list(pairwise(places))


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
    answer = tasks.place(context, answers["text"][0], answers["answer_start"][0])
    # An answer may begin between two sentences, with the white space there.
    place = max(i for i, (start, _) in enumerate(breaks) if start <= answer or i == 0)
    return {
        "id": row["id"],
        "query": row["question"],
        "key": candidates[place]["key"],
        "candidate": candidates[place]["text"],
        "candidates": candidates,
    }
