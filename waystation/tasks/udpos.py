"""UD-POS of XTREME: a universal part of speech for every word (Universal Dependencies 2.5).

XTREME's score is the F1 of seqeval's spans, runs of equal tags: `metrics/span_f1.py` says how.

The configurations carry English names of languages. The Hub's copies of Greek, French, Russian and
Chinese mix in ancient languages. They also divide words that the benchmark's own preparation keeps
fused. So scores are not those of a run on the benchmark's own files.

    {"tokens": ["Man", "habe", ...], "pos_tags": [10, 3, ...]}
"""

from waystation.tasks import XTREME_COMMIT, Task

NAMES = {
    "af": "Afrikaans", "ar": "Arabic", "bg": "Bulgarian", "de": "German", "el": "Greek",
    "en": "English", "es": "Spanish", "et": "Estonian", "eu": "Basque", "fa": "Persian",
    "fi": "Finnish", "fr": "French", "he": "Hebrew", "hi": "Hindi", "hu": "Hungarian",
    "id": "Indonesian", "it": "Italian", "ja": "Japanese", "kk": "Kazakh", "ko": "Korean",
    "mr": "Marathi", "nl": "Dutch", "pt": "Portuguese", "ru": "Russian", "ta": "Tamil",
    "te": "Telugu", "th": "Thai", "tl": "Tagalog", "tr": "Turkish", "ur": "Urdu",
    "vi": "Vietnamese", "yo": "Yoruba", "zh": "Chinese",
}  # fmt: skip
ROWS = {
    "train": {
        "af": 1315, "ar": 6075, "bg": 8907, "de": 166_849, "el": 28_152, "en": 21_253, "es": 28_492,
        "et": 25_749, "eu": 5396, "fa": 4798, "fi": 27_198, "fr": 47_308, "he": 5241, "hi": 13_304,
        "hu": 910, "id": 4477, "it": 29_685, "ja": 7125, "kk": 31, "ko": 27_410, "mr": 373,
        "nl": 18_051, "pt": 17_992, "ru": 67_435, "ta": 400, "te": 1051, "tr": 3664, "ur": 4043,
        "vi": 1400, "zh": 18_998,
    },
    "validation": {
        "af": 194, "ar": 909, "bg": 1115, "de": 19_233, "el": 2559, "en": 3974, "es": 3054,
        "et": 3125, "eu": 1798, "fa": 599, "fi": 3239, "fr": 5979, "he": 484, "hi": 1659, "hu": 441,
        "id": 559, "it": 2278, "ja": 511, "ko": 3016, "mr": 46, "nl": 1394, "pt": 1770, "ru": 9960,
        "ta": 80, "te": 131, "tr": 988, "ur": 552, "vi": 800, "zh": 3038,
    },
    "test": {
        "af": 425, "ar": 1680, "bg": 1116, "de": 22_458, "el": 2809, "en": 5440, "es": 3147,
        "et": 3760, "eu": 1799, "fa": 600, "fi": 4422, "fr": 9465, "he": 491, "hi": 2684, "hu": 449,
        "id": 1557, "it": 3518, "ja": 2372, "kk": 1047, "ko": 4276, "mr": 47, "nl": 1471,
        "pt": 2681, "ru": 11_336, "ta": 120, "te": 146, "th": 1000, "tl": 55, "tr": 4785, "ur": 535,
        "vi": 800, "yo": 100, "zh": 5528,
    },
}  # fmt: skip
LABELS = (
    "ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM", "PART", "PRON", "PROPN",
    "PUNCT", "SCONJ", "SYM", "VERB", "X",
)  # fmt: skip


def example(row: dict, index: int, language: str) -> dict:
    return {"id": str(index), "tokens": row["tokens"], "tags": row["pos_tags"]}


TASK = Task(
    __name__,
    type="tagging",
    repository="google/xtreme",
    revision=XTREME_COMMIT,
    license="per treebank, mostly CC BY-SA, some CC BY-NC-SA",
    citation="Universal Dependencies 2.5; Hu et al. 2020, XTREME, arXiv 2003.11080",
    splits={"train": "train", "validation": "validation", "test": "test"},
    languages=tuple(NAMES),
    columns={"tokens": list, "pos_tags": list},
    config=lambda language: f"udpos.{NAMES.get(language, language.capitalize())}",
    example=example,
    rows=ROWS,
    mixed_with={
        "el": "Ancient Greek",  # of 28,152 training rows 1,662 are modern
        "fr": "Old French",
        "ru": "Old Russian",
        "zh": "Classical Chinese",
    },
    characters=75,
    metrics=("span_f1", "accuracy"),
    labels=LABELS,
    trained_on="udpos",
    xtreme="udpos",
)
