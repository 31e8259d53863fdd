"""Prediction files in XTREME's submission format."""

from collections.abc import Iterable
from pathlib import Path


def write_lines(file: Path, lines: Iterable[str]) -> None:
    """Write one text a line, each ended by a line feed."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(f"{line}\n" for line in lines)
