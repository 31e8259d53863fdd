"""The bounds of sentences in LAReQA's release as the rows that the task `lareqa` reads; by hand.

    python -m waystation convert lareqa --release <clone> --out <source.prefix>/local/lareqa

The release is a clone of github.com/google-research-datasets/lareqa, or its folder xquad-r alone,
with a file a language in SQuAD's layout:

    xquad-r/de.json    {"data": [{"paragraphs": [{"context": "...", "sentence_breaks": [[0, 165],
                       ...], "qas": [{"id": "56beb434...", ...}, ...]}, ...]}, ...]}
"""

from collections.abc import Iterator
from pathlib import Path

from waystation.base.errors import UserError
from waystation.data import squad_layout
from waystation.data.squad_layout import text
from waystation.hub import layout
from waystation.tasks.lareqa import TASK

OPTION = ("release", "the clone, or its folder xquad-r")


def convert(release: Path, out: Path) -> str:
    """Write a folder in the Hub's layout; return how many languages there are."""
    inner = release / "xquad-r"
    folder = inner if inner.is_dir() else release
    tables = ((code, "validation", paragraphs(folder / f"{code}.json")) for code in TASK.languages)
    layout.write(out, tables, "LAReQA's bounds of sentences, as its release has them.")
    return f"paragraphs in {len(TASK.languages)} languages"


def paragraphs(file: Path) -> Iterator[dict]:
    """A row a paragraph: its text, its questions' ids and the bounds of its sentences."""
    if not file.is_file():
        raise UserError(f"no file {file}; --release is a clone with the folder xquad-r")
    return squad_layout.read(file, of_paragraph)


def of_paragraph(paragraph: dict) -> Iterator[dict]:
    context = text(paragraph, "context")
    for first, last in paragraph["sentence_breaks"]:
        if not 0 <= first <= last <= len(context):
            raise ValueError(f"a sentence from {first} to {last} of {len(context)} characters")
    yield {
        "context": context,
        "id": [text(question, "id") for question in paragraph["qas"]],
        "sentence_breaks": paragraph["sentence_breaks"],
    }
