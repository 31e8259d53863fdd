"""Mewsli-X: which entity does a mention in a news text mean, among descriptions in all languages?

Ruder et al. 2021, eleven languages. Rows are made as those of `mewslix_pairs`.

    {"mention_id": "de-17", "left": "Er reiste nach", "mention": "Rom", "right": "und blieb dort .",
     "entity": "Q220"}
"""

from waystation.tasks import Task, mewslix_pairs

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


def example(row: dict, index: int, language: str) -> dict:
    return {"id": row["mention_id"], "query": mewslix_pairs.query(row), "key": row["entity"]}


TASK = Task(
    __name__,
    type="dual_encoder",
    repository="local/mewslix",
    license="Apache-2.0; Wikinews text, CC BY 2.5",
    citation="Ruder et al. 2021, XTREME-R, arXiv 2104.07412",
    splits={"validation": "validation", "test": "test"},
    languages=("ar", "de", "en", "es", "fa", "ja", "pl", "ro", "ta", "tr", "uk"),
    columns=dict.fromkeys(("mention_id", "left", "mention", "right", "entity"), str),
    example=example,
    obtain=mewslix_pairs.TASK.obtain,
    rows=ROWS,
    characters=256,
    metrics=("map_at_20",),
    trained_on="mewslix_pairs",
    pool="mewslix_entities",
    xtreme="mewslix",
)
