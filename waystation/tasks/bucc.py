"""BUCC 2018: mine the pairs of translations out of two texts that are mostly not parallel.

Zweigenbaum et al. 2018: German, French, Russian and Chinese, each with English; nothing is trained.
The Hub's copies hold the gold pairs alone (`bucc_gold`), from which nothing can be mined: both
whole texts lie in a user's own folder. XTREME tests on the shared task's training rows and tunes
on its sample.

    zh-en.zh     {"id": "zh-000000057", "text": "在突尼斯的1000万人口中 ..."}
    zh-en.en     {"id": "en-000008530", "text": "In Tunisia, the largest newspaper has ..."}
    zh-en.gold   {"source_id": "zh-000000057", "target_id": "en-000008530"}
"""

from collections.abc import Iterator

from waystation.base.errors import UserError
from waystation.tasks import Table, Task

SENTENCE = {"id": str, "text": str}


def join(tables: dict[str, Iterator[dict]], language: str) -> Iterator[dict]:
    """Every sentence of both sides, with the ids of its translations, none or several."""
    partners: dict[str, list[str]] = {}
    known: set[str] = set()
    for row in tables["gold"]:
        partners.setdefault(row["source_id"], []).append(row["target_id"])
        partners.setdefault(row["target_id"], []).append(row["source_id"])
    for side in ("foreign", "english"):
        for row in tables[side]:
            known.add(row["id"])
            yield {
                "id": row["id"],
                "side": side,
                "text": row["text"],
                "pairs": partners.get(row["id"], []),
            }
    if lost := sorted(partners.keys() - known):
        raise UserError(f"bucc, {language}: the gold's {lost[0]!r} is the id of no sentence")


TASK = Task(
    __name__,
    type="mining",
    repository="local/bucc2018",
    license="not stated",
    citation="Zweigenbaum et al. 2018, Overview of the Third BUCC Shared Task",
    splits={"validation": "validation", "test": "test"},
    languages=("de", "fr", "ru", "zh"),
    tables={
        "gold": Table({"source_id": str, "target_id": str}, lambda code: f"{code}-en.gold"),
        "foreign": Table(SENTENCE, lambda code: f"{code}-en.{code}"),
        "english": Table(SENTENCE, lambda code: f"{code}-en.en"),
    },
    join=join,
    obtain=(
        "mining needs both whole texts; the gold pairs that the Hub has cannot give its F1, only "
        "the accuracy of the task bucc_gold. Unpack "
        "bucc2018-<language>-en.{training,sample}-gold.tar.bz2 of comparable.limsi.fr/bucc2018; "
        "then `python -m waystation convert bucc2018 --archive <folder> --out <the folder>`"
    ),
    rows={
        "validation": {"de": 1038, "fr": 929, "ru": 2374, "zh": 257},
        "test": {"de": 9580, "fr": 9086, "ru": 14_435, "zh": 1899},
    },
    characters=79,
    xtreme="bucc2018",
)
