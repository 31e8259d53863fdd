"""PAN-X of XTREME-R: XTREME's forty languages and eight more, all of them from WikiAnn itself.

Pan et al. 2017, with the splits of Rahimi et al. 2019, which are those of `panx` too.

    {"tokens": ["R.H.", "Saunders", "(", ...], "ner_tags": [3, 4, 0, ...], "langs": ["en", ...],
     "spans": ["ORG: R.H. Saunders"]}
"""

from dataclasses import replace

from waystation.tasks import panx

MORE = ("az", "gu", "lt", "pa", "pl", "qu", "ro", "uk")
SMALL = {"gu": 100, "pa": 100, "qu": 100}
HELD_OUT = dict.fromkeys(MORE, 10_000) | {"az": 1000} | SMALL

TASK = replace(
    panx.TASK,
    module=__name__,
    repository="unimelb-nlp/wikiann",
    revision="8a37260d3bbc7567be309f19a310581311c7c7d3",
    citation=f"{panx.TASK.citation}; Ruder et al. 2021, XTREME-R, arXiv 2104.07412",
    languages=tuple(sorted((*panx.TASK.languages, *MORE))),
    config=lambda language: language,
    rows={
        "train": panx.ROWS["train"]
        | dict.fromkeys(MORE, 20_000)
        | {"az": 10_000, "lt": 10_000}
        | SMALL,
        "validation": panx.ROWS["validation"] | HELD_OUT,
        "test": panx.ROWS["test"] | HELD_OUT,
    },
    xtreme="xtreme-r/panx",
)
