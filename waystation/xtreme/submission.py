"""Write predictions and gold in XTREME's submission format, which its public evaluator reads.

A folder a task, in it a file a language, `test-<language>.<extension>`. What a file holds depends
on the type of the task:

    classification      tsv    the name of a label on each line
    tagging             tsv    the name of a tag on each line, an empty line after a sentence
    multiple_choice     jsonl  {"label": the number of a choice, from 0} on each line
    question_answering  json   {id: answer}; gold in SQuAD's layout
    dual_encoder        json   {id: [candidate, ...]}, best first; gold {id: [relevant one, ...]}
    retrieval           tsv    which foreign sentence each English one means, see `retrieved`
    mining              tsv    foreign id, tab, English id

A task belongs to XTREME or XTREME-R if its file says so (`XTREME`). Of what both have, XTREME-R's
version with its own languages lies below a folder `xtreme-r`.
"""

import json
from collections.abc import Iterable
from pathlib import Path

from waystation.base.errors import UserError
from waystation.data.examples import Description

EXTENSIONS = {"multiple_choice": "jsonl", "question_answering": "json", "dual_encoder": "json"}


def write(
    folder: Path, task: Description, language: str, examples: list[dict], values: list
) -> None:
    """Write predictions, one an example, if the task belongs to XTREME."""
    if task.xtreme is not None:
        file = path(folder, task, language)
        if task.type == "retrieval":
            write_lines(file, retrieved(examples, values))
        else:
            write_lines(file, lines(task, [example["id"] for example in examples], values))


def path(folder: Path, task: Description, language: str) -> Path:
    return folder / task.xtreme / f"test-{language}.{EXTENSIONS.get(task.type, 'tsv')}"


def write_lines(file: Path, lines: Iterable[str]) -> None:
    """Write one text a line, each ended by a line feed."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(f"{line}\n" for line in lines)


def lines(task: Description, ids: list[str], values: list) -> list[str]:
    """The lines of a file; values are predictions, or gold of the same form."""
    if task.type == "classification":
        names = task.xtreme_labels or task.labels
        return [names[value] for value in values]
    if task.type == "tagging":
        return [line for sentence in values for line in [*sentence, ""]]
    if task.type == "multiple_choice":
        return [json.dumps({"label": value}) for value in values]
    # ASCII: the evaluator reads in the encoding of whoever runs it.
    return [json.dumps(by_id(task, ids, values), indent=1)]


def by_id(task: Description, ids: list[str], values: list) -> dict:
    found = dict(zip(ids, values, strict=True))
    if len(found) < len(ids):
        twice = next(name for name in ids if ids.count(name) > 1)
        raise UserError(f"task {task.name!r}: the id {twice!r} stands twice; it must name one row")
    return found


def retrieved(pairs: list[dict], found: Iterable[int]) -> list[str]:
    """Lines of Tatoeba: the row `found[i]` of the foreign sentence for the English one of pair i.

    XTREME asks in English, and sorts its English file so that the order does not give the answer
    away: a line a sentence of that file, in it the place of the foreign sentence, from 0, in the
    order of the data set.
    """
    found = list(found)
    english = sorted(range(len(pairs)), key=lambda place: pairs[place]["english"].strip())
    return [str(found[place]) for place in english]


def mined(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """Lines of BUCC: ids of pairs of translations, foreign first."""
    return ["\t".join(pair) for pair in pairs]
