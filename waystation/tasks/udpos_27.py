"""UD-POS of the five languages that XTREME-R adds (Universal Dependencies 2.7).

All treebanks of a language follow one another. The Hub's repository numbers the parts of speech in
an order of its own. An eighteenth label, `_`, marks a fused word whose components follow as words.
Such a word is left out, as in XTREME's packaging of the other languages.

    {"tokens": ["Dabar", "viskas", ...], "upos": [14, 11, ...], "lemmas": [...], ...}
"""

from waystation.tasks import Task, udpos

TREEBANKS = {
    "lt": ("lt_alksnis", "lt_hse"),
    "pl": ("pl_lfg", "pl_pdb", "pl_pud"),
    "ro": ("ro_nonstandard", "ro_rrt", "ro_simonero"),
    "uk": ("uk_iu",),
    "wo": ("wo_wtb",),
}
SOURCE_LABELS = (
    "NOUN", "PUNCT", "ADP", "NUM", "SYM", "SCONJ", "ADJ", "PART", "DET", "CCONJ", "PROPN", "PRON",
    "X", "_", "ADV", "INTJ", "VERB", "AUX",
)  # fmt: skip
FUSED = SOURCE_LABELS.index("_")


def example(row: dict, index: int, language: str) -> dict:
    words = [
        (token, SOURCE_LABELS[tag])
        for token, tag in zip(row["tokens"], row["upos"], strict=True)
        if tag != FUSED
    ]
    return {
        "id": str(index),
        "tokens": [token for token, _ in words],
        "tags": [tag for _, tag in words],
    }


TASK = Task(
    __name__,
    type="tagging",
    repository="universal-dependencies/universal_dependencies",
    license="per treebank",
    citation="Universal Dependencies 2.7; Ruder et al. 2021, XTREME-R, arXiv 2104.07412",
    splits={"train": "train", "validation": "validation", "test": "test"},
    languages=tuple(TREEBANKS),
    columns={"tokens": list, "upos": list},
    config=lambda language: TREEBANKS[language],
    example=example,
    rows={
        "train": {"lt": 2494, "pl": 31_496, "ro": 35_911, "uk": 5496, "wo": 1188},
        "validation": {"lt": 770, "pl": 3960, "ro": 2247, "uk": 672, "wo": 449},
        "test": {"lt": 837, "pl": 4942, "ro": 2272, "uk": 892, "wo": 470},
    },
    characters=75,
    metrics=udpos.TASK.metrics,
    labels=udpos.TASK.labels,
    source_labels=SOURCE_LABELS,
    trained_on="udpos",
)
