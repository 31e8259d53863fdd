"""Files in SQuAD's layout.

{"data": [{"paragraphs": [{"context": "...", "qas": [{"id": "...", "question": "...",
 "answers": [{"text": "...", "answer_start": 177}]}, ...]}, ...]}, ...]}
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from waystation.base.errors import MISSHAPEN, UserError, misfit
from waystation.text_files import read_json

Made = TypeVar("Made")

LAYOUT = '{"data": [{"paragraphs": [{"context", "qas": [{"id", "question", "answers"}]}]}]}'


def read(file: Path, make: Callable[[dict], Iterable[Made]]) -> Iterator[Made]:
    """What `make(paragraph)` makes of each paragraph; a file of another layout is named.

    The list of articles may stand alone, without the object around it.
    """
    stored, number = read_json(file), 0
    try:
        for article in stored["data"] if isinstance(stored, dict) else stored:
            for paragraph in article["paragraphs"]:
                number += 1
                yield from make(paragraph)
    except MISSHAPEN as problem:
        where = f"{file}, paragraph {number}"
        raise UserError(f"{where}: {misfit(problem)}; expected SQuAD's layout, {LAYOUT}") from None


def text(entry: dict, key: str) -> str:
    """A text of an entry; TypeError for anything else."""
    value = entry[key]
    if not isinstance(value, str):
        raise TypeError(f"{key} is {value!r:.60}, not a text")
    return value
