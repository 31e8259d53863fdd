"""CCG supertagging: a lexical category of combinatory categorial grammar for every word.

Hockenmaier & Steedman 2007. CCGbank is licensed and not on the Hub. The rows lie in a user's own
folder, with the categories as text; `python -m waystation convert ccgbank` writes that folder from
the release.

    {"id": "wsj_0001.1", "tokens": ["the", "cook", ...], "supertags": ["NP/N", "N", ...]}
"""

from waystation.tasks import Task


def example(row: dict, index: int, language: str) -> dict:
    return {"id": row["id"], "tokens": row["tokens"], "tags": row["supertags"]}


TASK = Task(
    __name__,
    type="tagging",
    repository="local/ccgbank",
    license="LDC user agreement; generated rows: none needed",
    citation="Hockenmaier & Steedman 2007, CCGbank, LDC2005T13",
    splits={"train": "train", "validation": "validation"},
    languages=("en",),
    columns={"id": str, "tokens": list, "supertags": list},
    config=lambda language: "default",
    example=example,
    obtain=(
        "CCGbank is licensed: LDC2005T13 of the Linguistic Data Consortium, www.ldc.upenn.edu. "
        "With the release at hand, `python -m waystation convert ccgbank --auto "
        "<release>/data/AUTO --out <the folder>`"
    ),
    characters=75,
    metrics=("accuracy",),
    labels=None,  # the categories that occur, sorted
)
