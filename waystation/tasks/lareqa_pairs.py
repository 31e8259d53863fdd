"""LAReQA's questions as translations: find an English question's among all those of a language.

Roy et al. 2020; nothing is trained. The 1,190 questions of `lareqa`, paired by their ids: the same
questions in every language. Several questions ask about one paragraph.
"""

from collections.abc import Iterator

from waystation.languages import ENGLISH
from waystation.tasks import Table, Task, lareqa
from waystation.tasks.sib200_pairs import pairs

QUESTION = {"id": str, "question": str}


def join(tables: dict[str, Iterator[dict]], language: str) -> Iterator[dict]:
    return pairs("lareqa_pairs", "id", "question", tables, language)


TASK = Task(
    __name__,
    type="retrieval",
    repository=lareqa.TASK.repository,
    license=lareqa.TASK.license,
    citation=lareqa.TASK.citation,
    splits=lareqa.TASK.splits,
    languages=tuple(code for code in lareqa.TASK.languages if code != ENGLISH),
    tables={
        "foreign": Table(QUESTION),
        "english": Table(QUESTION, lambda language: ENGLISH),
    },
    join=join,
    rows=lareqa.TASK.rows,
    characters=120,
    metrics=("accuracy",),
    chance_percent=None,  # one in the number of pairs
)
