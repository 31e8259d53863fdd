"""Write predictions and gold in XTREME's submission format, which its public evaluator reads.

A folder a task, in it a file a language, `test-<language>.<extension>`. What a file holds depends
on the kind of task, whose module in `waystation.task_types` says it.

A task belongs to XTREME or XTREME-R if its file says so (`XTREME`). Of what both have, XTREME-R's
version with its own languages lies below a folder `xtreme-r`.
"""

from collections.abc import Iterable
from pathlib import Path

from waystation import task_types
from waystation.data.examples import Description


def write(
    folder: Path, task: Description, language: str, examples: list[dict], values: list
) -> None:
    """Write predictions if the task belongs to XTREME."""
    if task.xtreme is not None:
        lines = task_types.load(task.type).submission_lines(task, examples, values)
        write_lines(path(folder, task, language), lines)


def path(folder: Path, task: Description, language: str) -> Path:
    """The file of a task that belongs to XTREME."""
    extension = task_types.load(task.type).extension
    return folder / str(task.xtreme) / f"test-{language}.{extension}"


def write_lines(file: Path, lines: Iterable[str]) -> None:
    """Write one text a line, each ended by a line feed."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(f"{line}\n" for line in lines)
