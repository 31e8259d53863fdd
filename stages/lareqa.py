"""The bounds of sentences in LAReQA's release as the rows that the task `lareqa` reads; by hand.

    python -m stages.lareqa --release <clone> --out <source.prefix>/local/lareqa

The release is a clone of github.com/google-research-datasets/lareqa, or its folder xquad-r alone,
with a file a language in SQuAD's layout:

    xquad-r/de.json    {"data": [{"paragraphs": [{"context": "...", "sentence_breaks": [[0, 165],
                       ...], "qas": [{"id": "56beb434...", ...}, ...]}, ...]}, ...]}
"""

from collections.abc import Iterator
from pathlib import Path

from stages import hub_layout
from stages.command import read_json
from stages.errors import UserError
from stages.tasks.lareqa import LANGUAGES


def main() -> None:
    hub_layout.command("lareqa", __doc__, "release", "the clone, or its folder xquad-r", convert)


def convert(release: Path, out: Path) -> str:
    """Write a folder in the Hub's layout; return how many languages there are."""
    inner = release / "xquad-r"
    folder = inner if inner.is_dir() else release
    tables = ((code, "validation", paragraphs(folder / f"{code}.json")) for code in LANGUAGES)
    hub_layout.write(out, tables, "LAReQA's bounds of sentences, as its release has them.")
    return f"paragraphs in {len(LANGUAGES)} languages"


def paragraphs(file: Path) -> Iterator[dict]:
    """A row a paragraph: its text, its questions' ids and the bounds of its sentences."""
    if not file.is_file():
        raise UserError(f"no file {file}; --release is a clone with the folder xquad-r")
    for article in read_json(file)["data"]:
        for paragraph in article["paragraphs"]:
            yield {
                "context": paragraph["context"],
                "id": [question["id"] for question in paragraph["qas"]],
                "sentence_breaks": paragraph["sentence_breaks"],
            }


if __name__ == "__main__":
    main()
