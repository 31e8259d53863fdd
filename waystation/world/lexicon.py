"""The words of a generated language: forms from a seed, cognates and shared names from knobs.

Every concept has one form. A cognate keeps the English form; the rest are new pseudo-words of the
language's own sounds. A language in another script writes what it keeps letter by letter in its
own, so that it shares no written form but the numbers.
"""

import random

from waystation.params.schema import LanguageKnobs
from waystation.world import meanings

CONTENT = {
    "verb": sorted({v for t in meanings.TOPICS.values() for v in t["verb"]}) + meanings.SOCIAL,
    "thing": sorted({v for t in meanings.TOPICS.values() for v in t["thing"]}),
    "place": sorted({v for t in meanings.TOPICS.values() for v in t["place"]}),
    "animate": meanings.PERSONS + list(meanings.ANIMALS),
    "quality": meanings.QUALITIES,
    "time": meanings.TIMES,
}
QUESTION_WORDS = ["who", "whom", "what", "where", "when", "how-many", "why"]
FUNCTION = [
    "the", "in", "did", "not", "be", "will", "before-now", "because", "then", "company",
    *QUESTION_WORDS,
]  # fmt: skip
ENDINGS = {"plural": "s", "object": "ka", "past": "ed", "many": "en"}
MARKS = [".", "?"]

CONSONANTS = {0: "bdgklmnprstv", 1: "bdfgklmnrsvz", 2: "chjkmnprtwxy", 3: "fhlnpqrstwyz"}
VOWELS = {0: "aeiou", 1: "aeio", 2: "aiu", 3: "aeouy"}
SCRIPTS = {
    "latin": "",
    "greek": "αβκδεφγηιξκλμνοπκρστυβωχυζ",  # one letter for each of a to z
    "cyrillic": "абцдефгхийклмнопкрстувшьыз",
}
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def build(rank: int, code: str, knobs: LanguageKnobs, seed: int) -> dict[str, str]:
    """Concept -> written form, names, numbers and endings ("-plural") included."""
    draw = random.Random(f"lexicon/{seed}/{code}")
    forms: dict[str, str] = {}
    words = [*FUNCTION, *(c for group in CONTENT.values() for c in group)]
    taken = {in_script(word, knobs.script) for word in words}  # as written: no homographs
    used: set[str] = set()
    for concepts, share in [
        *((group, knobs.content_cognates) for group in CONTENT.values()),
        (FUNCTION, knobs.function_cognates),
        (meanings.NAMES, knobs.shared_names),
        (meanings.NUMBERS, knobs.shared_numbers),
    ]:
        kept = set(draw.sample(concepts, round(share * len(concepts))))
        for concept in concepts:
            form, written = concept, in_script(concept, knobs.script)
            if concept not in kept or written in used:
                form, written = new_word(rank, knobs.script, taken, draw)
            taken.add(written)
            used.add(written)
            forms[concept] = form.replace("-", "")
            if concept in meanings.NAMES:
                forms[concept] = forms[concept].capitalize()
    endings: set[str] = set()  # two that are alike could not be told apart
    for name, english in ENDINGS.items():
        form = english if code == "en" else _syllable(rank, draw)
        while in_script(form, knobs.script) in endings:
            form = _syllable(rank, draw)
        endings.add(in_script(form, knobs.script))
        forms[f"-{name}"] = form
    spelled = {concept: in_script(form, knobs.script) for concept, form in forms.items()}
    return spelled | {mark: mark for mark in MARKS}


def in_script(form: str, script: str) -> str:
    """A form letter by letter in another script; digits and marks stay."""
    letters = SCRIPTS[script]
    if not letters:
        return form
    table = str.maketrans(LETTERS + LETTERS.upper(), letters + letters.upper())
    return form.translate(table)


def new_word(rank: int, script: str, taken: set[str], draw: random.Random) -> tuple[str, str]:
    """A word that is not written like one of `taken`, in Latin letters and as it is written."""
    while True:
        form = "".join(_syllable(rank, draw) for _ in range(draw.choice((2, 2, 3))))
        written = in_script(form, script)
        if written not in taken:
            return form, written


def _syllable(rank: int, draw: random.Random) -> str:
    return draw.choice(CONSONANTS[rank % 4]) + draw.choice(VOWELS[rank % 4])
