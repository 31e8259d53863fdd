"""Raw text per language, for masked language modelling from scratch.

{"text": "Ab 2004 lief er mit Tatjana Wolossoschar."}
"""

from waystation.languages import EVERY_LANGUAGE

TYPE = "masked_language_modelling"
REPO = "local/multilingual-text"
REVISION = "unpinned"
LICENSE = "per source: MIT, CC0, CC BY-SA, some CC BY-NC-SA"
CITATION = "per source, in the folder's README.md"
COLUMNS = {"text": str}
SPLITS = {"train": "train"}
ROWS = {}
LANGUAGES = EVERY_LANGUAGE
ANY_LANGUAGE = True
CHARACTERS = 103
METRICS = ()
LABELS = ()
CHANCE = None
TRAINED_ON = None
OBTAIN = "raw text of one's own: a configuration a language, column text"


def config(language: str) -> str:
    return language


def example(row: dict, index: int, language: str) -> dict:
    return {"id": str(index), "text": row["text"]}
