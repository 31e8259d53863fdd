"""CCGbank's derivations as the rows that the task `ccg` reads; by hand, once, where one has them.

    python -m waystation convert ccgbank --auto <CCGbank>/data/AUTO --out
    <source.prefix>/local/ccgbank

CCGbank (Hockenmaier & Steedman 2007) is licensed: LDC2005T13 of the Linguistic Data Consortium. Its
folder AUTO has a folder a section of the Wall Street Journal, `SS/wsj_SSNN.auto`, with two lines a
sentence. A leaf of the derivation is (<L category modified-POS original-POS word category>): its
first category is the word's supertag.

    ID=wsj_0001.1 PARSER=GOLD NUMPARSE=1
    (<T S[dcl] 0 2> (<L NP NNP NNP Vinken N>) (<L S[dcl]\\NP VBZ VBZ sleeps S[dcl]\\NP>) )

Sections 02 to 21 become train, 00 validation and 23 test, as is usual. Words stay as they are
written there.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from waystation.base.errors import UserError
from waystation.hub import layout
from waystation.text_files import read_lines

OPTION = ("auto", "the release's folder AUTO")

SECTIONS = {
    "train": [f"{section:02}" for section in range(2, 22)],
    "validation": ["00"],
    "test": ["23"],
}
USUAL = {"train": 39_604, "validation": 1_913, "test": 2_407}  # as quoted; no release was counted
LEAF = re.compile(r"\(<L (\S+) \S+ \S+ (\S+) \S+>\)")
NAME = re.compile(r"ID=(\S+) ")


def convert(auto: Path, out: Path) -> str:
    """Write a folder in the Hub's layout; return how many sentences and categories there are."""
    rows = {split: list(sentences(auto, sections)) for split, sections in SECTIONS.items()}
    tables = (("default", split, parses) for split, parses in rows.items())
    layout.write(out, tables, "CCGbank, LDC2005T13: not to be passed on.")
    numbers = ", ".join(told(split, len(parses)) for split, parses in rows.items())
    return f"{numbers} sentences, {len(categories(rows['train'])):,} categories in training"


def told(split: str, count: int) -> str:
    """A number of sentences, beside the usual one if it is another: files may be missing."""
    usual = "" if count == USUAL[split] else f" (usually {USUAL[split]:,})"
    return f"{count:,} {split}{usual}"


def categories(rows: list[dict]) -> set[str]:
    return {tag for row in rows for tag in row["supertags"]}


def sentences(auto: Path, sections: list[str]) -> Iterator[dict]:
    """The sentences of some sections in order."""
    for section in sections:
        files = sorted(auto.glob(f"{section}/wsj_{section}*.auto"))
        if not files:
            raise UserError(
                f"no files {section}/wsj_{section}NN.auto in {auto}; expected the folder "
                f"data/AUTO of CCGbank, with a folder a section, 00 to 24"
            )
        for file in files:
            yield from read(file)


def read(file: Path) -> Iterator[dict]:
    """The sentences of one file; a line that is not in the format is named."""
    lines = [line for _, line in read_lines(file)]
    if len(lines) % 2:
        raise UserError(f"{file}: {len(lines)} lines; expected two a sentence")
    for number in range(0, len(lines), 2):
        name, derivation = NAME.match(lines[number]), lines[number + 1]
        if name is None:
            raise UserError(
                f"{file}, line {number + 1}: {lines[number]!r:.80}; expected ID=wsj_0001.1 ..."
            )
        leaves = LEAF.findall(derivation)
        if not leaves or len(leaves) != derivation.count("(<L "):
            raise UserError(
                f"{file}, line {number + 2}: {len(leaves)} leaves of six fields, "
                f"{derivation.count('(<L ')} leaves in all, in {derivation!r:.80}"
            )
        yield {
            "id": name[1],
            "tokens": [word for _, word in leaves],
            "supertags": [category for category, _ in leaves],
        }
