"""Text, lines and JSON of files as people have them: the only reader of any text of a user's.

A byte-order mark at the start and a carriage return before a line's end are left out, and a note on
stderr says so. Lines end at a line feed alone: other separators of Unicode are text. A file that is
not what its name says is refused in one line.
"""

import json
import math
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from waystation.base.errors import MISSHAPEN, UserError, misfit

POINTER = b"version https://git-lfs.github.com/spec/"  # begins a file that Git LFS has not fetched
MARK = b"\xef\xbb\xbf"
OTHER_FORMS = {  # what begins a file -> what it is
    POINTER: "a Git LFS pointer; `git lfs pull` fetches the file itself",
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
    b"\x1f\x8b": "compressed (gzip)",
    b"PK\x03\x04": "compressed (zip)",
    b"BZh": "compressed (bzip2)",
    b"\xfd7zXZ": "compressed (xz)",
    b"PAR1": "a Parquet file",
    b"\x89HDF": "an HDF5 file",
}
KINDS = {dict: "an object", list: "a list", str: "a text", int: "a whole number"}
MOST_SHOWN = 60  # characters of a value that an error shows


def read_lines(path: Path) -> Iterator[tuple[int, str]]:
    """(number from 1, line without its end) of a UTF-8 text; UserError for what is none."""
    hold_file(path)
    returns = 0
    with path.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            if number == 1:
                line = without_mark(line, path)
            line = line.removesuffix(b"\n")
            returns += line.endswith(b"\r")
            yield number, decoded(line.removesuffix(b"\r"), f"{path}, line {number}")
    if returns:
        note(f"{path}: {returns:,} carriage returns at the ends of lines are left out")


def read_text(path: Path) -> str:
    """The whole text, every line with a line feed."""
    return "".join(f"{line}\n" for _, line in read_lines(path))


def without_mark(start: bytes, path: Path) -> bytes:
    """The start of a file without a byte-order mark; UserError for a file of another form."""
    hold_form(start, path, "text")
    if start.startswith(MARK):
        note(f"{path}: the byte-order mark at its start is left out")
    return start.removeprefix(MARK)


def hold_form(start: bytes, path: Path, expected: str) -> None:
    """Refuse a file whose first bytes are those of another form than the one expected."""
    for prefix, form in OTHER_FORMS.items():
        if start.startswith(prefix):
            raise UserError(f"{path} is {form}; expected {expected}")


def hold_file(path: Path) -> None:
    """Refuse a folder, and a pipe, which would be waited for."""
    if path.exists() and not path.is_file():
        raise UserError(f"{path} is no file")


def hold_binary(path: Path, expected: str) -> None:
    """Refuse an empty file, and one that Git LFS has not fetched, in place of a binary one."""
    hold_file(path)
    with path.open("rb") as stream:
        start = stream.read(len(POINTER))
    if not start:
        raise UserError(f"{path} is empty; expected {expected}")
    if start.startswith(POINTER):
        hold_form(start, path, expected)


def decoded(line: bytes, where: str) -> str:
    """The text of some bytes; `where` begins the error."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as problem:
        byte = line[problem.start]
        raise UserError(
            f"{where}: byte {problem.start + 1} is {byte:#04x}; expected UTF-8 text"
        ) from None
    if "\0" in text:
        raise UserError(f"{where}: a null byte; expected UTF-8 text")
    return text


@contextmanager
def in_form(file: Path) -> Iterator[None]:
    """Name a file of this project's own whose JSON has another form than the one that is read."""
    try:
        yield
    except MISSHAPEN as problem:
        raise UserError(f"{file}: {misfit(problem)}; remove the file and run `dvc repro`") from None


def note(text: str) -> None:
    print(f"note: {text}", file=sys.stderr, flush=True)


def read_json(path: Path, kind: type = object) -> Any:
    """The JSON of a whole file, a value of `kind`; a file that is cut or empty is named."""
    return parse_json(read_text(path), str(path), kind)


def read_json_lines(path: Path) -> Iterator[tuple[int, dict]]:
    """(number, object) of every line."""
    for number, line in read_lines(path):
        yield number, parse_json(line, f"{path}, line {number}", dict)


def parse_json(text: str, where: str, kind: type = object) -> Any:
    """Strict JSON: a key stands once, numbers are finite, texts are whole characters."""
    if not text.strip():
        raise UserError(f"{where} is empty; expected JSON")
    try:
        value = DECODER.decode(text)
        if "\\ud" in text.lower():  # half a character cannot be written again
            json.dumps(value, ensure_ascii=False).encode()
    except Twice as twice:
        raise UserError(
            f"{where}{place(text, twice.key)}: the key {twice.key!r} stands twice"
        ) from None
    except UnicodeEncodeError:
        raise UserError(f"{where}: an escape \\ud8.. is half a character") from None
    except (ValueError, RecursionError) as problem:
        reason = "nested too deeply" if isinstance(problem, RecursionError) else problem
        raise UserError(f"{where} is not whole JSON: {reason}") from None
    if not isinstance(value, kind) or (kind is not object and isinstance(value, bool)):
        raise UserError(f"{where}: expected {KINDS.get(kind, kind.__name__)}, got {shown(value)}")
    return value


class Twice(Exception):
    """A key that stands twice in one object."""

    def __init__(self, key: str):
        self.key = key


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        keys = [key for key, _ in pairs]
        raise Twice(next(key for number, key in enumerate(keys) if key in keys[:number]))
    return value


def finite(text: str) -> float:
    if math.isfinite(value := float(text)):
        return value
    raise ValueError(f"the number {text[:20]} is not finite")


DECODER = json.JSONDecoder(object_pairs_hook=unique, parse_float=finite, parse_constant=finite)


def place(text: str, key: str) -> str:
    """`, line 3`: where a key stands the second time; nothing in a text of one line."""
    pattern = rf"{re.escape(json.dumps(key, ensure_ascii=False))}\s*:"
    starts = [match.start() for match in re.finditer(pattern, text)]
    if len(starts) < 2 or "\n" not in text.strip():
        return ""
    return f", line {text.count(chr(10), 0, starts[1]) + 1}"


def shown(value: object) -> str:
    """A value as an error shows it."""
    text = repr(value)
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]} ..."
