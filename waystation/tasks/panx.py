"""PAN-X (WikiAnn): persons, organisations and places in sentences of Wikipedia, forty languages.

Pan et al. 2017, with the splits of Rahimi et al. 2019, as in XTREME. Sizes differ between
languages, and sentences are not parallel.
XTREME's own packaging; WikiAnn itself (`panx_r`) has the same splits of these languages.

    {"tokens": ["Anton", "Wilhelm", "von", "Zuccalmaglio", "."], "ner_tags": [1, 2, 2, 2, 0],
     "langs": ["de", ...]}
"""

from waystation.tasks import XTREME_COMMIT, Task

LANGUAGES = (
    "af", "ar", "bg", "bn", "de", "el", "en", "es", "et", "eu", "fa", "fi", "fr", "he", "hi", "hu",
    "id", "it", "ja", "jv", "ka", "kk", "ko", "ml", "mr", "ms", "my", "nl", "pt", "ru", "sw", "ta",
    "te", "th", "tl", "tr", "ur", "vi", "yo", "zh",
)  # fmt: skip
ROWS = {
    "train": dict.fromkeys(LANGUAGES, 20_000) | {
        "af": 5000, "bn": 10_000, "et": 15_000, "eu": 10_000, "hi": 5000, "jv": 100, "ka": 10_000,
        "kk": 1000, "ml": 10_000, "mr": 5000, "my": 100, "sw": 1000, "ta": 15_000, "te": 1000,
        "tl": 10_000, "yo": 100,
    },
    "validation": dict.fromkeys(LANGUAGES, 10_000) | {
        "af": 1000, "bn": 1000, "hi": 1000, "jv": 100, "kk": 1000, "ml": 1000, "mr": 1000,
        "ms": 1000, "my": 100, "sw": 1000, "ta": 1000, "te": 1000, "tl": 1000, "ur": 1000,
        "yo": 100,
    },
}  # fmt: skip
ROWS["test"] = ROWS["validation"]
LABELS = ("O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC")


def example(row: dict, index: int, language: str) -> dict:
    return {"id": str(index), "tokens": row["tokens"], "tags": row["ner_tags"]}


TASK = Task(
    __name__,
    type="tagging",
    repository="google/xtreme",
    revision=XTREME_COMMIT,
    license="Wikipedia text, CC BY-SA",
    citation="Pan et al. 2017, Cross-lingual Name Tagging and Linking; Rahimi et al. 2019 (splits)",
    splits={"train": "train", "validation": "validation", "test": "test"},
    languages=LANGUAGES,
    columns={"tokens": list, "ner_tags": list},
    config=lambda language: f"PAN-X.{language}",
    example=example,
    rows=ROWS,
    characters=32,
    metrics=("span_f1",),
    labels=LABELS,
    trained_on="panx",
    xtreme="panx",
)
