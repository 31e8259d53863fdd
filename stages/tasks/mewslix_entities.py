"""The entities among which Mewsli-X's mentions choose, each described in one language.

Ruder et al. 2021: about a million of them, in the fifty languages of XTREME-R. The columns are
ours, as in `mewslix_pairs`; the Hub's copy has them in an archive that must be unpacked.

    {"entity": "Q220", "language": "it", "title": "Roma", "description": "Capitale d'Italia."}
"""

from stages.tasks import EVERY_LANGUAGE
from stages.tasks.mewslix_pairs import description

TYPE = "dual_encoder"
REPO = "izhx/mewsli-x"
REVISION = "unpinned"
LICENSE = "Apache-2.0; Wikipedia text, CC BY-SA"
CITATION = "Ruder et al. 2021, XTREME-R, arXiv 2104.07412"
COLUMNS = dict.fromkeys(("entity", "language", "title", "description"), str)
SPLITS = {"test": "test"}
ROWS = {}
LANGUAGES = EVERY_LANGUAGE
CHARACTERS = 256
METRICS = ()
LABELS = ()
CHANCE = None
TRAINED_ON = None


def config(language: str) -> str:
    return "candidate_entities"


def drop(row: dict, split: str, language: str) -> str | None:
    return None if row["language"] == language else "another language"


def example(row: dict, index: int, language: str) -> dict:
    return {
        "id": row["entity"],
        "candidates": [{"key": row["entity"], "text": description(row)}],
    }
