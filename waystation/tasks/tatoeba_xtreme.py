"""Tatoeba as XTREME packs it: the pairs of `tatoeba`, every sentence with a newline at its end.

Artetxe & Schwenk 2019. The newlines are taken off. The only split is called validation; it is the
test set here. `tatoeba`, whose repository has XTREME-R's five more languages too, is the suites'.

    {"source_sentence": "Maria sagte, sie wisse nicht, wo Tom sei.\\n",
     "target_sentence": "Mary said she didn't know where Tom was.\\n", "source_lang": "deu", ...}
"""

from dataclasses import replace

from waystation.tasks import XTREME_COMMIT, tatoeba


def example(row: dict, index: int, language: str) -> dict:
    return {
        "id": str(index),
        "foreign": row["source_sentence"].rstrip("\n"),
        "english": row["target_sentence"].rstrip("\n"),
    }


TASK = replace(
    tatoeba.TASK,
    module=__name__,
    repository="google/xtreme",
    revision=XTREME_COMMIT,
    splits={"test": "validation"},
    columns={"source_sentence": str, "target_sentence": str},
    config=lambda language: f"tatoeba.{tatoeba.ISO_639_3.get(language, language)}",
    example=example,
    xtreme=None,
)
