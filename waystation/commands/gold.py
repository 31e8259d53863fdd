"""Write the gold of downloaded test rows in XTREME's submission format.

XTREME does not publish its label files. A task belongs to XTREME or XTREME-R if its file says so
(`XTREME`). Of what both have, XTREME-R's version with its own languages lies below a folder
`xtreme-r`.

  python -m waystation gold --tasks data/mirror/tasks --out gold
"""

import argparse
import json
from pathlib import Path

from waystation import task_types
from waystation.base.errors import UserError
from waystation.data import examples
from waystation.data.examples import Description
from waystation.evaluation.rows import Pool, read_pool
from waystation.files import whole
from waystation.xtreme.submission import lines, mined, path, retrieved, write_lines


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--tasks", type=Path, required=True, help="a suite's downloaded tasks")
    parser.add_argument("--out", type=Path, required=True, help="new folder for the gold files")


def main(options: argparse.Namespace) -> None:
    counts = write_all_gold(options.tasks, options.out)
    print(", ".join(f"{name} {count} languages" for name, count in counts.items()))


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
    kind = task_types.load(task.type)
    values = [(pool or kind).gold(row) for row in rows]
    if hasattr(kind, "named"):
        values = [kind.named(value, task.labels) for value in values]
    return lines(task, [row["id"] for row in rows], values)


def squad_layout(rows: list[dict]) -> dict:
    """Questions with their answers, each a paragraph of its own."""
    paragraphs = []
    for row in rows:
        answers = [{"text": a["text"], "answer_start": a["start"]} for a in row["answers"]]
        question = {"id": row["id"], "question": row["question"], "answers": answers}
        paragraphs.append({"context": row["context"], "qas": [question]})
    return {"version": "1.1", "data": [{"title": "", "paragraphs": paragraphs}]}


def write_all_gold(tasks: Path, out: Path) -> dict[str, int]:
    """Write a new folder `out` with the gold of all tasks of XTREME; how many languages each."""
    if out.exists():
        raise UserError(f"--out: {out} exists already; name a new folder")
    names = sorted(file.parent.name for file in tasks.glob("*/task.json"))
    with whole(out) as beside:
        counts = {name: write_gold(beside, tasks, name) for name in names}
        counts = {name: count for name, count in counts.items() if count}
        if not counts:
            raise UserError(f"--tasks: {tasks} holds no test rows of a task of XTREME")
    return counts
