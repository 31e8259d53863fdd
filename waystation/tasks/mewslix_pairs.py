"""Mentions of entities in English Wikipedia, with their descriptions. Training data of Mewsli-X.

Botha et al. 2020; Ruder et al. 2021. The release has its texts put together by a script; what
`waystation.data.releases.mewsli_x` makes of it has these columns. (The Hub's copy, izhx/mewsli-x,
could not be looked up.)

    {"mention_id": "en-1", "left": "She was born in", "mention": "Rome", "right": ", the capital",
     "entity": "Q220", "title": "Rome", "description": "Capital and largest city of Italy."}
"""

from waystation.tasks import Task


def example(row: dict, index: int, language: str) -> dict:
    described = description(row)
    return {
        "id": row["mention_id"],
        "query": query(row),
        "key": row["entity"],
        "candidate": described,
        "candidates": [{"key": row["entity"], "text": described}],
    }


def query(row: dict) -> str:
    """The mention, and again in its context."""
    return " ".join(f"{row['mention']} . {row['left']} {row['mention']} {row['right']}".split())


def description(row: dict) -> str:
    """An entity's title and what is said of it."""
    return " ".join(f"{row['title']} . {row['description']}".split())


TASK = Task(
    __name__,
    type="dual_encoder",
    repository="local/mewslix",
    license="Apache-2.0; Wikipedia text, CC BY-SA",
    citation="Botha et al. 2020; Ruder et al. 2021, XTREME-R, arXiv 2104.07412",
    splits={"train": "train", "validation": "validation"},
    languages=("en",),
    columns=dict.fromkeys(
        ("mention_id", "left", "mention", "right", "entity", "title", "description"), str
    ),
    config=lambda language: "wikipedia_pairs",
    example=example,
    obtain=(
        "run get-mewsli-x.sh of github.com/google-research/google-research, in "
        "dense_representations_for_entity_retrieval/mel; then `python -m waystation convert "
        "mewsli_x --dataset mewsli_x/output/dataset --out <the folder>`"
    ),
    rows={"train": 167_719, "validation": 14_051},
    characters=512,
    metrics=("map_at_20",),
    trained_on="mewslix_pairs",
)
