"""BUCC 2018's archives as the tables that the task `bucc` reads; by hand, once.

    python -m waystation convert bucc2018 --archive <folder> --out <source.prefix>/local/bucc2018

The folder holds what bucc2018-<language>-en.{training,sample}-gold.tar.bz2 of
comparable.limsi.fr/bucc2018 unpack to, anywhere below it:

    de-en.sample.de     de-000000001<tab>sentence
    de-en.sample.en     en-000000001<tab>sentence
    de-en.sample.gold   de-000000007<tab>en-000000042
    de-en.training.de   ...

As in XTREME the sample becomes validation and training the test; the shared task's own test has no
public gold. Languages of which nothing is there are left out.
"""

from collections.abc import Iterator
from pathlib import Path

from waystation.base.errors import UserError
from waystation.hub import layout
from waystation.tasks.bucc import TASK
from waystation.text_files import read_lines

OPTION = ("archive", "the unpacked archives")

GOLD = ("source_id", "target_id")
SPLITS = {"sample": "validation", "training": "test"}


def convert(archive: Path, out: Path) -> str:
    """Write a folder in the Hub's layout; return which texts were there."""
    there = [code for code in TASK.languages if any(archive.rglob(f"{code}-en.*.gold"))]
    if not there:
        raise UserError(
            f"no file <language>-en.{{sample,training}}.gold below {archive}; languages: "
            f"{', '.join(TASK.languages)}"
        )
    pairs = [f"{code}-en" for code in there]
    names = [f"{pair}.{ending}" for pair in pairs for ending in SPLITS]
    layout.write(out, tables(archive, there), "BUCC 2018, as its archives have it.")
    return ", ".join(names)


def tables(archive: Path, languages: list[str]) -> Iterator[tuple[str, str, Iterator[dict]]]:
    """(configuration, split, rows) of all files."""
    for code in languages:
        for ending, split in SPLITS.items():
            for side in (code, "en", "gold"):
                names = GOLD if side == "gold" else ("id", "text")
                rows = read(find(archive, f"{code}-en.{ending}.{side}"), names)
                yield f"{code}-en.{side}", split, rows


def find(archive: Path, name: str) -> Path:
    files = sorted(archive.rglob(name))
    if len(files) != 1:
        raise UserError(f"{len(files)} files {name} below {archive}; expected one")
    return files[0]


def read(file: Path, names: tuple[str, str]) -> Iterator[dict]:
    """The two fields of every line; a line without them is named."""
    for number, line in read_lines(file):
        first, tab, second = line.partition("\t")
        if names == GOLD:
            second = second.strip()
        if not (first.strip() and tab and second):
            raise UserError(f"{file}, line {number}: {line!r:.80}; expected two fields")
        yield dict(zip(names, (first.strip(), second), strict=True))
