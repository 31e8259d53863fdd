"""Files: checksums, writing beside and renaming. `waystation.text_files` reads texts."""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from waystation.base.errors import UserError

OF_SYSTEM = re.compile(r"\(os error (\d+)\)")  # how libraries written in Rust end such an error


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A place beside `path` for a file or a folder, which takes that name when all is written.

    After an error nothing is left there, and what stood at `path` stands there still. A full disk
    is an OSError that names `path`, whatever a library makes of it.
    """
    beside = path.with_name(f".{path.name}.partial")
    remove(beside)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield beside
        if path.is_dir():
            remove(path)
        beside.replace(path)
    except BaseException as problem:
        begun = beside.exists()
        remove(beside)
        number = OF_SYSTEM.search(str(problem))
        if number and not isinstance(problem, OSError | UserError):
            raise OSError(int(number[1]), os.strerror(int(number[1])), str(path)) from None
        if isinstance(problem, OSError) and problem.filename is None and begun:
            problem.filename = str(path)
        raise


def remove(path: Path) -> None:
    """Remove a file or a folder, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def checksum(path: Path) -> str:
    """SHA-256 of a file, or of a folder's relative names and contents in sorted order."""
    digest = hashlib.sha256()
    if path.is_file():
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    for file in sorted(p for p in path.rglob("*") if p.is_file()):
        digest.update(f"{file.relative_to(path)}\0{checksum(file)}\n".encode())
    return digest.hexdigest()


def write_json(path: Path, value: object) -> None:
    """Write readable JSON with a newline at its end; NaN is refused."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    path.write_text(text, encoding="utf-8")
