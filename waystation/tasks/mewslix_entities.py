"""The entities among which Mewsli-X's mentions choose, each described in one language.

Ruder et al. 2021: about a million of them, in the fifty languages of XTREME-R. Rows are made as
those of `mewslix_pairs`.

    {"entity": "Q220", "language": "it", "title": "Roma", "description": "Capitale d'Italia."}
"""

from waystation.language_codes import EVERY_LANGUAGE
from waystation.tasks import Task, mewslix_pairs

KEPT = {
    "test": {
        "af": 2026, "ar": 28_220, "az": 3914, "bg": 6138, "bn": 1768, "de": 73_076, "el": 4316,
        "en": 257_008, "es": 41_808, "et": 6072, "eu": 5755, "fa": 16_895, "fi": 13_174,
        "fr": 62_236, "gu": 1419, "he": 6924, "hi": 5158, "ht": 1852, "hu": 10_411, "id": 14_339,
        "it": 41_808, "ja": 50_817, "jv": 1339, "ka": 2841, "kk": 7186, "ko": 14_463, "lt": 5606,
        "ml": 1919, "mr": 1434, "ms": 7937, "my": 2232, "nl": 60_409, "pa": 996, "pl": 37_691,
        "pt": 26_384, "qu": 412, "ro": 8236, "ru": 43_192, "sw": 1344, "ta": 4864, "te": 2369,
        "th": 3550, "tl": 1841, "tr": 8326, "uk": 23_277, "ur": 3355, "vi": 42_423, "wo": 23,
        "yo": 376, "zh": 34_734,
    }
}  # fmt: skip


def drop(row: dict, split: str, language: str) -> str | None:
    return None if row["language"] == language else "another language"


def example(row: dict, index: int, language: str) -> dict:
    return {
        "id": row["entity"],
        "candidates": [{"key": row["entity"], "text": mewslix_pairs.description(row)}],
    }


TASK = Task(
    __name__,
    type="dual_encoder",
    repository="local/mewslix",
    license="Apache-2.0; Wikipedia text, CC BY-SA",
    citation="Ruder et al. 2021, XTREME-R, arXiv 2104.07412",
    splits={"test": "test"},
    languages=EVERY_LANGUAGE,
    columns=dict.fromkeys(("entity", "language", "title", "description"), str),
    config=lambda language: "candidate_entities",
    drop=drop,
    example=example,
    obtain=mewslix_pairs.TASK.obtain,
    rows={"test": 1_003_893},  # of all languages, in one configuration
    kept_rows=KEPT,
    characters=256,
)
