"""XTREME's machine-translated SQuAD v1.1 as the rows of `squad_v1_xtreme_translated`; by hand.

    python -m waystation convert xtreme_translations --release <folder> \\
        --out <source.prefix>/local/squad_v1_xtreme_translated

The folder is `xtreme_translations`, which XTREME's README names, or its part SQuAD/translate-train,
with a file a language in SQuAD's layout:

    SQuAD/translate-train/squad.translate.train.en-el.json
        {"data": [{"paragraphs": [{"context": "...", "qas": [{"id": "5733be28...",
         "question": "...", "answers": [{"text": "...", "answer_start": 177}]}, ...]}, ...]}, ...]}

Languages without a file are left out. Translation moves and loses answers: one that is not where
its offset says is taken where it stands nearest to it, and a question none of whose answers stands
in its context is left out; how many of both is told. `squad_v1_translated` reads MLQA's
translations, which lack four of XQuAD's languages.
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from waystation.base.errors import UserError
from waystation.data import squad_layout
from waystation.data.squad_layout import text
from waystation.hub import layout
from waystation.tasks.xquad import TASK

OPTION = ("release", "the translations")

NAME = "squad.translate.train.en-{}.json"


def convert(release: Path, out: Path) -> str:
    """Write a folder in the Hub's layout; return which languages were there, and what was lost."""
    releases = {code: sorted(release.rglob(NAME.format(code))) for code in TASK.languages}
    there = {code: files[0] for code, files in releases.items() if files}
    if not there:
        raise UserError(f"no file {NAME.format('<language>')} below {release}")
    seen: dict[str, Counter[str]] = {code: Counter() for code in there}
    tables = ((code, "train", rows(file, seen[code])) for code, file in there.items())
    layout.write(out, tables, "SQuAD v1.1, machine-translated by the authors of XTREME.")
    counts = [f"{code} {n['kept']:,} ({n['moved']:,}, {n['lost']:,})" for code, n in seen.items()]
    return f"questions (of them with a moved answer, left out): {', '.join(counts)};"


def rows(file: Path, seen: Counter) -> Iterator[dict]:
    """A row a question that has an answer; counts those kept, moved and lost."""

    def of_paragraph(paragraph: dict) -> Iterator[dict]:
        context = text(paragraph, "context")
        for question in paragraph["qas"]:
            own = [(text(a, "text").strip(), a["answer_start"]) for a in question["answers"]]
            placed = [(answer, nearest(context, answer, start), start) for answer, start in own]
            placed = [answer for answer in placed if answer[1] is not None]
            seen["kept" if placed else "lost"] += 1
            seen["moved"] += any(new_start != start for _, new_start, start in placed)
            if placed:
                texts, starts, _ = zip(*placed, strict=True)
                yield {
                    "id": text(question, "id"),
                    "context": context,
                    "question": text(question, "question"),
                    "answers": {"text": list(texts), "answer_start": list(starts)},
                }

    return squad_layout.read(file, of_paragraph)


def nearest(context: str, answer: str, start: int) -> int | None:
    """Where an answer stands in its context, nearest to `start`; None if nowhere."""
    pattern = re.escape(answer)
    starts = [match.start() for match in re.finditer(pattern, context)] if answer else []
    return min(starts, key=lambda new_start: abs(new_start - start), default=None)
