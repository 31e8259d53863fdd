"""PAN-X (WikiAnn): persons, organisations and places in sentences of Wikipedia, forty languages.

Pan et al. 2017, with the splits of Rahimi et al. 2019, as in XTREME. Sizes differ between
languages, and sentences are not parallel.

    {"tokens": ["Anton", "Wilhelm", "von", "Zuccalmaglio", "."], "ner_tags": [1, 2, 2, 2, 0],
     "langs": ["de", ...]}
"""

TYPE = "tagging"
REPO = "google/xtreme"
REVISION = "unpinned"
LICENSE = "Wikipedia text, CC BY-SA"
COLUMNS = {"tokens": list, "ner_tags": list}
SPLITS = {"train": "train", "validation": "validation", "test": "test"}
LANGUAGES = (
    "af", "ar", "bg", "bn", "de", "el", "en", "es", "et", "eu", "fa", "fi", "fr", "he", "hi", "hu",
    "id", "it", "ja", "jv", "ka", "kk", "ko", "ml", "mr", "ms", "my", "nl", "pt", "ru", "sw", "ta",
    "te", "th", "tl", "tr", "ur", "vi", "yo", "zh",
)  # fmt: skip
METRICS = ("span_f1",)
LABELS = ("O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC")
CHANCE = None
TRAINED_ON = "panx"
XTREME = "panx"


def config(language: str) -> str:
    return f"PAN-X.{language}"


def example(row: dict, index: int, language: str) -> dict:
    return {"id": str(index), "tokens": row["tokens"], "tags": row["ner_tags"]}
