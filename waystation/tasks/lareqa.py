"""LAReQA: find the sentence that answers a question, among sentences of all languages.

Roy et al. 2020: XQuAD-R, the questions and contexts of XQuAD with the bounds of sentences. The only
split is called validation; it is the test set here. Ids are equal in all languages, sentences are
not: translators joined and divided them. The Hub's copy has the questions without the bounds, which
lie in a folder of one's own, a row a paragraph; answers count in its contexts.

    questions    {"id": "56beb4343aeaaa14008c925b", "question": "Wie viele ...",
                  "answers": {"text": ["308"], "answer_start": [38]}, ...}
    paragraphs   {"context": "Die Verteidigung der Panthers ...", "id": ["56beb4343aeaaa...", ...],
                  "sentence_breaks": [[0, 219], [220, 354], ...], ...}
"""

from collections.abc import Iterator

from waystation.base.errors import UserError
from waystation.tasks.squad_retrieval import retrieval_example

TYPE = "dual_encoder"
REPO = "google-research-datasets/xquad_r"
REVISION = "unpinned"
LICENSE = "CC BY-SA 4.0"
CITATION = "Roy et al. 2020, LAReQA"
ELSEWHERE = {"paragraphs": "local/lareqa"}
COLUMNS = {
    "questions": {"id": str, "question": str, "answers": dict},
    "paragraphs": {"context": str, "id": list, "sentence_breaks": list},
}
SPLITS = {"test": "validation"}
ROWS = {"test": 1190}
CANDIDATES = {
    "test": {
        "ar": 1222, "de": 1276, "el": 1234, "en": 1180, "es": 1215, "hi": 1244, "ru": 1219,
        "th": 852, "tr": 1167, "vi": 1209, "zh": 1196,
    }
}  # fmt: skip
LANGUAGES = ("ar", "de", "el", "en", "es", "hi", "ru", "th", "tr", "vi", "zh")
CHARACTERS = 220
METRICS = ("map_at_20",)
LABELS = ()
CHANCE = None
TRAINED_ON = "squad_retrieval"
XTREME = "lareqa"
OBTAIN = (
    "LAReQA needs the bounds of sentences, which the Hub's copy has not: clone "
    "github.com/google-research-datasets/lareqa; then `python -m waystation convert lareqa "
    "--release <clone> --out <the folder>`"
)


def tables(language: str) -> dict[str, str]:
    return {"questions": language, "paragraphs": language}


def examples(tables: dict[str, Iterator[dict]], language: str) -> Iterator[dict]:
    """Every question with the sentences of its paragraph."""
    home = {index: paragraph for paragraph in tables["paragraphs"] for index in paragraph["id"]}
    for row in tables["questions"]:
        if row["id"] not in home:
            raise UserError(
                f"lareqa, {language}: question {row['id']!r} is in none of the "
                f"paragraphs with sentence_breaks"
            )
        paragraph = home[row["id"]]
        found = row | {"context": paragraph["context"]}
        yield retrieval_example(found, paragraph["sentence_breaks"], language)
