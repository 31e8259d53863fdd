"""Examples on disk: `<task>/<split>/<language>.jsonl`, one JSON object a line, and `task.json`."""

import itertools
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from waystation.base.errors import UserError
from waystation.languages import ENGLISH
from waystation.params.typed import build
from waystation.text_files import read_json, read_json_lines


@dataclass(frozen=True)
class Description:
    """`task.json`: what the later stages must know of a task without its module."""

    name: str
    type: str
    metrics: tuple[str, ...]
    labels: tuple[str, ...]
    chance_percent: float | None
    trained_on: str | None
    pool: str | None = None  # the task whose rows are the candidates, where it is another
    xtreme: str | None = None  # its folder in XTREME's submission format
    xtreme_labels: tuple[str, ...] = ()  # and the names of its labels there, where they differ


def read_description(folder: Path) -> Description:
    file = folder / "task.json"
    return build(Description, read_json(file, dict), str(file))


def path(folder: Path, split: str, language: str) -> Path:
    return folder / split / f"{language}.jsonl"


def write(file: Path, examples: Iterable[dict]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8") as stream:
        for example in examples:
            stream.write(json.dumps(example, ensure_ascii=False) + "\n")


def read(file: Path, limit: int | None = None) -> list[dict]:
    """Read examples; a missing, empty or broken file is named."""
    rows = list(itertools.islice(lines(file), limit))
    if not rows:
        raise UserError(f"{file} holds no examples")
    return rows


def lines(file: Path) -> Iterator[dict]:
    """Examples one by one; a missing or broken file is named."""
    if not file.is_file():
        raise UserError(f"no examples: {file} is missing")
    for _, example in read_json_lines(file):
        yield example


def with_labels_of(rows: list[dict], own: Description, wanted: Description) -> list[dict]:
    """Rows of one task numbered with the labels of another; a label that it has not is named."""
    if own.labels == wanted.labels:
        return rows
    if unknown := sorted(set(own.labels) - set(wanted.labels)):
        raise UserError(
            f"task {own.name!r} has labels that {wanted.name!r} has not: {', '.join(unknown)}"
        )
    number = [wanted.labels.index(label) for label in own.labels]
    return [row | {"tags": [number[tag] for tag in row["tags"]]} for row in rows]


def languages(folder: Path, split: str) -> list[str]:
    """Languages that have a split, English first, then sorted."""
    codes = [file.stem for file in (folder / split).glob("*.jsonl")]
    return sorted(codes, key=lambda code: (code != ENGLISH, code))
