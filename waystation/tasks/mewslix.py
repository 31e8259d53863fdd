"""Mewsli-X: which entity does a mention in a news text mean, among descriptions in all languages?

Ruder et al. 2021, eleven languages. Rows are made as those of `mewslix_pairs`.

    {"mention_id": "de-17", "left": "Er reiste nach", "mention": "Rom", "right": "und blieb dort .",
     "entity": "Q220"}
"""

from waystation.tasks import mewslix_pairs

TYPE = "dual_encoder"
REPO = "local/mewslix"
REVISION = "unpinned"
LICENSE = "Apache-2.0; Wikinews text, CC BY 2.5"
CITATION = "Ruder et al. 2021, XTREME-R, arXiv 2104.07412"
COLUMNS = dict.fromkeys(("mention_id", "left", "mention", "right", "entity"), str)
SPLITS = {"validation": "validation", "test": "test"}
ROWS = {
    "validation": {
        "ar": 318, "de": 326, "en": 316, "es": 311, "fa": 72, "ja": 310, "pl": 304, "ro": 145,
        "ta": 312, "tr": 262, "uk": 315,
    },
    "test": {
        "ar": 1501, "de": 1551, "en": 1490, "es": 1552, "fa": 458, "ja": 1519, "pl": 1562,
        "ro": 672, "ta": 1567, "tr": 1215, "uk": 1537,
    },
}  # fmt: skip
LANGUAGES = ("ar", "de", "en", "es", "fa", "ja", "pl", "ro", "ta", "tr", "uk")
CHARACTERS = 256
METRICS = ("map_at_20",)
LABELS = ()
CHANCE = None
TRAINED_ON = "mewslix_pairs"
OBTAIN = mewslix_pairs.OBTAIN
XTREME = "mewslix"
POOL = "mewslix_entities"


def config(language: str) -> str:
    return language


def example(row: dict, index: int, language: str) -> dict:
    return {"id": row["mention_id"], "query": mewslix_pairs.query(row), "key": row["entity"]}
