"""CCG supertagging: a lexical category of combinatory categorial grammar for every word.

Hockenmaier & Steedman 2007. CCGbank is licensed and not on the Hub: the rows lie in a folder of
one's own, with the categories as text; `python -m waystation convert ccgbank` writes it from the
release.

    {"id": "wsj_0001.1", "tokens": ["the", "cook", ...], "supertags": ["NP/N", "N", ...]}
"""

TYPE = "tagging"
REPO = "local/ccgbank"
REVISION = "unpinned"
LICENSE = "LDC user agreement; generated rows: none needed"
CITATION = "Hockenmaier & Steedman 2007, CCGbank, LDC2005T13"
COLUMNS = {"id": str, "tokens": list, "supertags": list}
SPLITS = {"train": "train", "validation": "validation"}
ROWS = {}
LANGUAGES = ("en",)
CHARACTERS = 75
METRICS = ("accuracy",)
LABELS = None  # the categories that occur, sorted
CHANCE = None
TRAINED_ON = None
OBTAIN = (
    "CCGbank is licensed: LDC2005T13 of the Linguistic Data Consortium, www.ldc.upenn.edu. With "
    "the release at hand, `python -m waystation convert ccgbank --auto "
    "<release>/data/AUTO --out <the folder>`"
)


def config(language: str) -> str:
    return "default"


def example(row: dict, index: int, language: str) -> dict:
    return {"id": row["id"], "tokens": row["tokens"], "tags": row["supertags"]}
