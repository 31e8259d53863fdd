"""SIB-200's sentences as translations: find an English sentence's among all those of a language.

Adelani et al. 2024; nothing is trained. The 204 test sentences of `sib200`, paired by their ids:
the same sentences in every language, so that accuracies compare between languages.
"""

from collections.abc import Iterator

from waystation.base.errors import UserError
from waystation.languages import ENGLISH
from waystation.tasks import Table, Task, sib200

SENTENCE = {"index_id": int, "text": str}


def pairs(
    name: str, key: str, text: str, tables: dict[str, Iterator[dict]], language: str
) -> Iterator[dict]:
    """Every row's column `text` with its English translation, which has the same `key`, in the
    order of the language's rows."""
    english = {row[key]: row[text] for row in tables["english"]}
    for row in tables["foreign"]:
        if row[key] not in english:
            raise UserError(f"{name}, {language}: no English {text} {row[key]}")
        yield {"id": str(row[key]), "foreign": row[text], "english": english[row[key]]}


def join(tables: dict[str, Iterator[dict]], language: str) -> Iterator[dict]:
    return pairs("sib200_pairs", "index_id", "text", tables, language)


TASK = Task(
    __name__,
    type="retrieval",
    repository=sib200.TASK.repository,
    license=sib200.TASK.license,
    citation=sib200.TASK.citation,
    splits={"test": "test"},
    languages=tuple(code for code in sib200.CONFIGS if code != ENGLISH),
    any_language=True,
    tables={
        "foreign": Table(SENTENCE, sib200.config),
        "english": Table(SENTENCE, lambda language: sib200.config(ENGLISH)),
    },
    join=join,
    rows={"test": 204},
    characters=260,
    metrics=("accuracy",),
    chance_percent=None,  # one in the number of pairs
)
