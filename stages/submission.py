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

XTREME does not publish its label files; run as a program, this writes such files of the test rows
that were downloaded. A task belongs to XTREME or XTREME-R if its module says so (`XTREME`). Of what
both have, XTREME-R's version with its own languages lies below a folder `xtreme-r`.

  python -m stages.submission --tasks data/mirror/tasks --out gold
"""

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path

from stages import examples, types
from stages.command import remove
from stages.errors import UserError
from stages.examples import Description
from stages.predictions import Pool, Rows, read_pool

EXTENSIONS = {"multiple_choice": "jsonl", "question_answering": "json", "dual_encoder": "json"}


def write(folder: Path, rows: Rows, predicted: list) -> None:
    """Write one task's and language's predictions, if the task belongs to XTREME."""
    if rows.task.xtreme is not None:
        file = path(folder, rows.task, rows.language)
        if rows.task.type == "retrieval":
            write_lines(file, retrieved(rows.examples, predicted))
        else:
            ids = [example["id"] for example in rows.examples]
            write_lines(file, lines(rows.task, ids, rows.named(predicted)))


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


def write_gold(folder: Path, tasks: Path, name: str) -> int:
    """Write the gold of one downloaded task's test rows; how many languages."""
    task = examples.read_description(tasks / name)
    languages = examples.languages(tasks / name, "test") if task.xtreme else []
    pool = read_pool(tasks, task, "test", languages) if task.type == "dual_encoder" else None
    for language in languages:
        rows = examples.read(examples.path(tasks / name, "test", language))
        write_lines(path(folder, task, language), gold_lines(task, rows, pool))
    return len(languages)


def gold_lines(task: Description, rows: list[dict], pool: Pool | None) -> list[str]:
    if task.type == "retrieval":
        return retrieved(rows, range(len(rows)))
    if task.type == "mining":
        foreign = [row for row in rows if row["side"] == "foreign"]
        return mined((row["id"], english) for row in foreign for english in row["pairs"])
    if task.type == "question_answering":
        return [json.dumps(squad_layout(rows), indent=1)]
    kind = types.load(task.type)
    values = [(pool or kind).gold(row) for row in rows]
    if hasattr(kind, "named"):
        values = [kind.named(value, task.labels) for value in values]
    return lines(task, [row["id"] for row in rows], values)


def squad_layout(rows: list[dict]) -> dict:
    """Questions with their answers, each a paragraph of its own."""
    found = []
    for row in rows:
        answers = [{"text": a["text"], "answer_start": a["start"]} for a in row["answers"]]
        question = {"id": row["id"], "question": row["question"], "answers": answers}
        found.append({"context": row["context"], "qas": [question]})
    return {"version": "1.1", "data": [{"title": "", "paragraphs": found}]}


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m stages.submission",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--tasks", type=Path, required=True, help="a suite's downloaded tasks")
    parser.add_argument("--out", type=Path, required=True, help="folder for the gold files")
    args = parser.parse_args()
    try:
        counts = write_all_gold(args.tasks, args.out)
    except (UserError, OSError) as problem:
        print(f"submission: error: {problem}", file=sys.stderr)
        raise SystemExit(1) from None
    print(", ".join(f"{name} {count} languages" for name, count in counts.items()))


def write_all_gold(tasks: Path, out: Path) -> dict[str, int]:
    """Write a new folder `out` with the gold of all tasks of XTREME; how many languages each."""
    if out.exists():
        raise UserError(f"--out: {out} exists already; name a new folder")
    beside = out.with_name(f".{out.name}.partial")
    remove(beside)
    names = sorted(file.parent.name for file in tasks.glob("*/task.json"))
    counts = {name: write_gold(beside, tasks, name) for name in names}
    counts = {name: count for name, count in counts.items() if count}
    if not counts:
        raise UserError(f"--tasks: {tasks} holds no test rows of a task of XTREME")
    beside.rename(out)
    return counts


if __name__ == "__main__":
    main()
