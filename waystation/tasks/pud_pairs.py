"""UD-PUD's sentences as translations: find an English sentence's among all those of a language.

Zeman et al. 2017; nothing is trained. The 1,000 sentences of `udpos_pud`, paired by their ids.
"""

from collections.abc import Iterator

from waystation.languages import ENGLISH
from waystation.tasks import Table, Task, udpos_pud
from waystation.tasks.sib200_pairs import pairs

SENTENCE = {"sent_id": str, "text": str}


def join(tables: dict[str, Iterator[dict]], language: str) -> Iterator[dict]:
    return pairs("pud_pairs", "sent_id", "text", tables, language)


TASK = Task(
    __name__,
    type="retrieval",
    repository=udpos_pud.TASK.repository,
    license=udpos_pud.TASK.license,
    citation=udpos_pud.TASK.citation,
    splits={"test": "test"},
    languages=tuple(code for code in udpos_pud.TASK.languages if code != ENGLISH),
    tables={
        "foreign": Table(SENTENCE),
        "english": Table(SENTENCE, lambda language: ENGLISH),
    },
    join=join,
    obtain=udpos_pud.TASK.obtain,
    rows={"test": 1000},
    characters=220,
    metrics=("accuracy",),
    chance_percent=None,  # one in the number of pairs
)
