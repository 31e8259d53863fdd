"""Tatoeba: find the English translation of a sentence among all of them; nothing is trained.

Artetxe & Schwenk 2019, 36 languages of XTREME. The English side differs from pair to pair, so
accuracies are not comparable between languages. Configurations are named by ISO 639-3 codes.
The suites' Tatoeba, because its repository has the five languages of `tatoeba_r` too;
`tatoeba_xtreme` has the same pairs.

    {"sentence1": "Maria sagte, sie wisse nicht, wo Tom sei.",
     "sentence2": "Mary said she didn't know where Tom was.", "lang": "deu-eng"}
"""

from waystation.tasks import Task

ISO_639_3 = {
    "af": "afr", "ar": "ara", "bg": "bul", "bn": "ben", "de": "deu", "el": "ell", "es": "spa",
    "et": "est", "eu": "eus", "fa": "pes", "fi": "fin", "fr": "fra", "he": "heb", "hi": "hin",
    "hu": "hun", "id": "ind", "it": "ita", "ja": "jpn", "jv": "jav", "ka": "kat", "kk": "kaz",
    "ko": "kor", "ml": "mal", "mr": "mar", "nl": "nld", "pt": "por", "ru": "rus", "sw": "swh",
    "ta": "tam", "te": "tel", "th": "tha", "tl": "tgl", "tr": "tur", "ur": "urd", "vi": "vie",
    "zh": "cmn",
}  # fmt: skip
ROWS = dict.fromkeys(ISO_639_3, 1000) | {
    "jv": 205, "ka": 746, "kk": 575, "ml": 687, "sw": 390, "ta": 307, "te": 234, "th": 548,
}  # fmt: skip


def example(row: dict, index: int, language: str) -> dict:
    return {"id": str(index), "foreign": row["sentence1"], "english": row["sentence2"]}


TASK = Task(
    __name__,
    type="retrieval",
    repository="mteb/tatoeba-bitext-mining",
    revision="69e8f12da6e31d59addadda9a9c8a2e601a0e282",  # that of the mteb package
    license="CC BY 2.0 FR",
    citation="Artetxe & Schwenk 2018, Massively Multilingual Sentence Embeddings, arXiv 1812.10464",
    splits={"test": "test"},
    languages=tuple(ISO_639_3),
    columns={"sentence1": str, "sentence2": str},
    config=lambda language: f"{ISO_639_3.get(language, language)}-eng",
    example=example,
    rows={"test": ROWS},
    characters=57,
    metrics=("accuracy",),
    chance_percent=None,  # one in the number of pairs
    xtreme="tatoeba",
)
