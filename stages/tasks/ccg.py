"""CCG supertagging: a lexical category of combinatory categorial grammar for every word.

Hockenmaier & Steedman 2007. CCGbank is licensed and not on the Hub: the rows lie in a folder
`local/ccgbank`, with the categories as text.

    {"id": "wsj_0001.1", "tokens": ["the", "cook", ...], "supertags": ["NP/N", "N", ...]}
"""

TYPE = "tagging"
REPO = "local/ccgbank"
REVISION = "unpinned"
LICENSE = "LDC user agreement; generated rows: none needed"
COLUMNS = {"id": str, "tokens": list, "supertags": list}
SPLITS = {"train": "train", "validation": "validation"}
LANGUAGES = ("en",)
METRICS = ("accuracy",)
LABELS = None  # the categories of the training rows, sorted
CHANCE = None
TRAINED_ON = None


def config(language: str) -> str:
    return "default"


def example(row: dict, index: int, language: str) -> dict:
    return {"id": row["id"], "tokens": row["tokens"], "tags": row["supertags"]}
