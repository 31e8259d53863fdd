"""Mewsli-X: which entity does a mention in a news text mean, among descriptions in all languages?

Ruder et al. 2021, eleven languages. The columns are ours, as in `mewslix_pairs`.

    {"mention_id": "de-17", "left": "Er reiste nach", "mention": "Rom", "right": "und blieb dort .",
     "entity": "Q220"}
"""

from stages.tasks.mewslix_pairs import query

TYPE = "dual_encoder"
REPO = "izhx/mewsli-x"
REVISION = "unpinned"
LICENSE = "Apache-2.0; Wikinews text, CC BY 2.5"
CITATION = "Ruder et al. 2021, XTREME-R, arXiv 2104.07412"
COLUMNS = dict.fromkeys(("mention_id", "left", "mention", "right", "entity"), str)
SPLITS = {"validation": "validation", "test": "test"}
ROWS = {}
LANGUAGES = ("ar", "de", "en", "es", "fa", "ja", "pl", "ro", "ta", "tr", "uk")
CHARACTERS = 256
METRICS = ("map_at_20",)
LABELS = ()
CHANCE = None
TRAINED_ON = "mewslix_pairs"
XTREME = "mewslix"
POOL = "mewslix_entities"


def config(language: str) -> str:
    return language


def example(row: dict, index: int, language: str) -> dict:
    return {"id": row["mention_id"], "query": query(row), "key": row["entity"]}
