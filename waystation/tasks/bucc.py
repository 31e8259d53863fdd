"""BUCC 2018: mine the pairs of translations out of two texts that are mostly not parallel.

Zweigenbaum et al. 2018: German, French, Russian and Chinese, each with English; nothing is trained.
The Hub's copies hold the gold pairs alone (`bucc_gold`), from which nothing can be mined: both
whole texts lie in a folder of one's own. XTREME tests on the shared task's training rows and tunes
on its sample.

    zh-en.zh     {"id": "zh-000000057", "text": "在突尼斯的1000万人口中 ..."}
    zh-en.en     {"id": "en-000008530", "text": "In Tunisia, the largest newspaper has ..."}
    zh-en.gold   {"source_id": "zh-000000057", "target_id": "en-000008530"}
"""

from collections.abc import Iterator

TYPE = "mining"
REPO = "local/bucc2018"
REVISION = "unpinned"
LICENSE = "not stated"
CITATION = "Zweigenbaum et al. 2018, Overview of the Third BUCC Shared Task"
SENTENCE = {"id": str, "text": str}
COLUMNS = {
    "gold": {"source_id": str, "target_id": str},
    "foreign": SENTENCE,
    "english": SENTENCE,
}
SPLITS = {"validation": "validation", "test": "test"}
ROWS = {
    "validation": {"de": 1038, "fr": 929, "ru": 2374, "zh": 257},
    "test": {"de": 9580, "fr": 9086, "ru": 14_435, "zh": 1899},
}
LANGUAGES = ("de", "fr", "ru", "zh")
CHARACTERS = 79
METRICS = ()
LABELS = ()
CHANCE = None
TRAINED_ON = None
XTREME = "bucc2018"
OBTAIN = (
    "mining needs both whole texts; the gold pairs that the Hub has cannot give its F1, only the "
    "accuracy of the task bucc_gold. Unpack bucc2018-<language>-en.{training,sample}-gold.tar.bz2 "
    "of comparable.limsi.fr/bucc2018; then `python -m waystation convert bucc2018 "
    "--archive <folder> --out <the folder>`"
)


def tables(language: str) -> dict[str, str]:
    pair = f"{language}-en"
    return {"gold": f"{pair}.gold", "foreign": f"{pair}.{language}", "english": f"{pair}.en"}


def examples(tables: dict[str, Iterator[dict]], language: str) -> Iterator[dict]:
    """Every sentence of both sides, with the ids of its translations, of which it may have some."""
    partners: dict[str, list[str]] = {}
    for row in tables["gold"]:
        partners.setdefault(row["source_id"], []).append(row["target_id"])
        partners.setdefault(row["target_id"], []).append(row["source_id"])
    for side in ("foreign", "english"):
        for row in tables[side]:
            yield {
                "id": row["id"],
                "side": side,
                "text": row["text"],
                "pairs": partners.get(row["id"], []),
            }
