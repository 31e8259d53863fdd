"""Raw text per language, for masked language modelling from scratch.

{"text": "Ab 2004 lief er mit Tatjana Wolossoschar."}
"""

from waystation.language_codes import EVERY_LANGUAGE
from waystation.tasks import Task


def example(row: dict, index: int, language: str) -> dict:
    return {"id": str(index), "text": row["text"]}


TASK = Task(
    __name__,
    type="masked_language_modelling",
    repository="local/multilingual-text",
    license="per source: MIT, CC0, CC BY-SA, some CC BY-NC-SA",
    citation="per source, in the folder's README.md",
    splits={"train": "train"},
    languages=EVERY_LANGUAGE,
    columns={"text": str},
    example=example,
    obtain="raw text of a user's own: a configuration a language, column text",
    any_language=True,
    characters=103,
)
