"""UD-PUD: parts of speech of the same 1,000 sentences in 16 languages, by the models of UD-POS.

Universal Dependencies' parallel treebanks of the CoNLL 2017 shared task (Zeman et al. 2017): news
and Wikipedia, translated, so that languages compare; test rows only, their tags untouched. The rows
lie in a user's own folder, a configuration a language. Ranges of fused words and empty nodes are
left out there.

    {"sent_id": "n01001011", "text": "...", "tokens": ["كتبت", ...], "upos": ["VERB", ...]}
"""

from waystation.tasks import Task, udpos


def example(row: dict, index: int, language: str) -> dict:
    return {"id": row["sent_id"], "tokens": row["tokens"], "tags": row["upos"]}


TASK = Task(
    __name__,
    type="tagging",
    repository="local/ud_pud",
    license="CC BY-SA 3.0",
    citation="Zeman et al. 2017, CoNLL 2017 Shared Task; Universal Dependencies",
    splits={"test": "test"},
    languages=(
        "ar", "de", "en", "es", "fi", "fr", "hi", "id", "it", "ko", "pl", "pt", "ru", "th", "tr",
        "zh",
    ),
    columns={"sent_id": str, "tokens": list, "upos": list},
    example=example,
    obtain=(
        "the PUD treebanks of Universal Dependencies as rows: a configuration a language, columns "
        "sent_id, tokens, upos"
    ),
    rows={"test": 1000},
    characters=110,
    metrics=udpos.TASK.metrics,
    labels=udpos.TASK.labels,
    trained_on="udpos",
)  # fmt: skip
