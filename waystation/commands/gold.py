"""Write the gold of downloaded test rows in XTREME's submission format.

XTREME does not publish its label files. A task belongs to XTREME or XTREME-R if its file says so
(`XTREME`). Of what both have, XTREME-R's version with its own languages lies below a folder
`xtreme-r`.

  python -m waystation gold --tasks data/small/tasks --out gold
"""

import argparse
from pathlib import Path

from waystation import task_types
from waystation.base.errors import UserError
from waystation.commands import hold_new
from waystation.data import examples
from waystation.data.candidates import Candidates, read_candidates
from waystation.files import whole
from waystation.xtreme.submission import path, write_lines


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
    rows = {code: examples.read(examples.path(tasks / name, "test", code)) for code in languages}
    pooled = read_candidates(tasks, task, "test", languages) if task.pool else Candidates(rows)
    for language, own in rows.items():
        lines = task_types.load(task.type).gold_lines(task, own, pooled.relevant)
        write_lines(path(folder, task, language), lines)
    return len(languages)


def write_all_gold(tasks: Path, out: Path) -> dict[str, int]:
    """Write a new folder `out` with the gold of all tasks of XTREME; how many languages each."""
    hold_new(out)
    names = sorted(file.parent.name for file in tasks.glob("*/task.json"))
    with whole(out) as beside:
        counts = {name: write_gold(beside, tasks, name) for name in names}
        counts = {name: count for name, count in counts.items() if count}
        if not counts:
            raise UserError(f"--tasks: {tasks} holds no test rows of a task of XTREME")
    return counts
