"""BUCC 2018: mine the pairs of translations out of two texts that are mostly not parallel.

Zweigenbaum et al. 2018: German, French, Russian and Chinese, each with English; nothing is trained.
The Hub's copies hold the gold pairs alone, which is no mining: both whole texts lie in a folder
`local/bucc2018`. XTREME tests on the shared task's training rows and tunes on its sample.

    zh-en.zh     {"id": "zh-000000057", "text": "在突尼斯的1000万人口中 ..."}
    zh-en.en     {"id": "en-000008530", "text": "In Tunisia, the largest newspaper has ..."}
    zh-en.gold   {"source_id": "zh-000000057", "target_id": "en-000008530"}
"""

from collections.abc import Iterator

TYPE = "mining"
REPO = "local/bucc2018"
REVISION = "unpinned"
LICENSE = "not stated"
SENTENCE = {"id": str, "text": str}
COLUMNS = {
    "foreign": SENTENCE,
    "english": SENTENCE,
    "gold": {"source_id": str, "target_id": str},
}
SPLITS = {"validation": "validation", "test": "test"}
LANGUAGES = ("de", "fr", "ru", "zh")
METRICS = ()
LABELS = ()
CHANCE = None
TRAINED_ON = None
XTREME = "bucc2018"


def tables(language: str) -> dict[str, str]:
    pair = f"{language}-en"
    return {"foreign": f"{pair}.{language}", "english": f"{pair}.en", "gold": f"{pair}.gold"}


def examples(tables: dict[str, list[dict]], language: str) -> Iterator[dict]:
    """Every sentence of both sides, with the id of its translation or None."""
    partners = {row["source_id"]: row["target_id"] for row in tables["gold"]}
    partners |= {row["target_id"]: row["source_id"] for row in tables["gold"]}
    for side in ("foreign", "english"):
        for row in tables[side]:
            yield {
                "id": row["id"],
                "side": side,
                "text": row["text"],
                "pair": partners.get(row["id"]),
            }
