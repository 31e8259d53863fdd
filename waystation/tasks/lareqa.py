"""LAReQA: find the sentence that answers a question, among sentences of all languages.

Roy et al. 2020: XQuAD-R, the questions and contexts of XQuAD with the bounds of sentences. The only
split is called validation; here that split is the test set. Ids are equal in all languages,
sentences are not: translators joined and divided them. The Hub's copy has the questions without the
bounds. The bounds lie in a user's own folder, a row a paragraph; answers count in its contexts.

    questions    {"id": "56beb4343aeaaa14008c925b", "question": "Wie viele ...",
                  "answers": {"text": ["308"], "answer_start": [38]}, ...}
    paragraphs   {"context": "Die Verteidigung der Panthers ...", "id": ["56beb4343aeaaa...", ...],
                  "sentence_breaks": [[0, 219], [220, 354], ...], ...}
"""

from collections.abc import Iterator

from waystation.base.errors import UserError
from waystation.tasks import Table, Task
from waystation.tasks.squad_retrieval import retrieval_example

PARAGRAPHS = Table({"context": str, "id": list, "sentence_breaks": list}, repository="local/lareqa")
CANDIDATES = {
    "test": {
        "ar": 1222, "de": 1276, "el": 1234, "en": 1180, "es": 1215, "hi": 1244, "ru": 1219,
        "th": 852, "tr": 1167, "vi": 1209, "zh": 1196,
    }
}  # fmt: skip


def join(tables: dict[str, Iterator[dict]], language: str) -> Iterator[dict]:
    """Every question with the sentences of its paragraph."""
    home = {index: paragraph for paragraph in tables["paragraphs"] for index in paragraph["id"]}
    for row in tables["questions"]:
        if row["id"] not in home:
            raise UserError(
                f"lareqa, {language}: question {row['id']!r} is in none of the "
                f"paragraphs with sentence_breaks"
            )
        paragraph = home[row["id"]]
        question = row | {"context": paragraph["context"]}
        yield retrieval_example(question, paragraph["sentence_breaks"], language)


TASK = Task(
    __name__,
    type="dual_encoder",
    repository="google-research-datasets/xquad_r",
    license="CC BY-SA 4.0",
    citation="Roy et al. 2020, LAReQA",
    splits={"test": "validation"},
    languages=("ar", "de", "el", "en", "es", "hi", "ru", "th", "tr", "vi", "zh"),
    tables={
        "questions": Table({"id": str, "question": str, "answers": dict}),
        "paragraphs": PARAGRAPHS,
    },
    join=join,
    obtain=(
        "LAReQA needs the bounds of sentences, which the Hub's copy has not: clone "
        "github.com/google-research-datasets/lareqa; then `python -m waystation convert lareqa "
        "--release <clone> --out <the folder>`"
    ),
    rows={"test": 1190},
    candidates=CANDIDATES,
    characters=220,
    metrics=("map_at_20",),
    trained_on="squad_retrieval",
    xtreme="lareqa",
)
