"""UD-POS of XTREME: a universal part of speech for every word (Universal Dependencies 2.5).

XTREME's score is the F1 of seqeval's spans, runs of equal tags: `scoring/span_f1.py` says how.

The configurations carry English names of languages. The Hub's copies of Greek, French, Russian and
Chinese mix in ancient languages.

    {"tokens": ["Man", "habe", ...], "pos_tags": [10, 3, ...]}
"""

TYPE = "tagging"
REPO = "google/xtreme"
REVISION = "unpinned"
LICENSE = "per treebank, mostly CC BY-SA, some CC BY-NC-SA"
COLUMNS = {"tokens": list, "pos_tags": list}
SPLITS = {"train": "train", "validation": "validation", "test": "test"}
NAMES = {
    "af": "Afrikaans", "ar": "Arabic", "bg": "Bulgarian", "de": "German", "el": "Greek",
    "en": "English", "es": "Spanish", "et": "Estonian", "eu": "Basque", "fa": "Persian",
    "fi": "Finnish", "fr": "French", "he": "Hebrew", "hi": "Hindi", "hu": "Hungarian",
    "id": "Indonesian", "it": "Italian", "ja": "Japanese", "kk": "Kazakh", "ko": "Korean",
    "mr": "Marathi", "nl": "Dutch", "pt": "Portuguese", "ru": "Russian", "ta": "Tamil",
    "te": "Telugu", "th": "Thai", "tl": "Tagalog", "tr": "Turkish", "ur": "Urdu",
    "vi": "Vietnamese", "yo": "Yoruba", "zh": "Chinese",
}  # fmt: skip
LANGUAGES = tuple(NAMES)
METRICS = ("span_f1", "accuracy")
LABELS = (
    "ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM", "PART", "PRON", "PROPN",
    "PUNCT", "SCONJ", "SYM", "VERB", "X",
)  # fmt: skip
CHANCE = None
TRAINED_ON = "udpos"
XTREME = "udpos"


def config(language: str) -> str:
    return f"udpos.{NAMES.get(language, language.capitalize())}"


def example(row: dict, index: int, language: str) -> dict:
    return {"id": str(index), "tokens": row["tokens"], "tags": row["pos_tags"]}
