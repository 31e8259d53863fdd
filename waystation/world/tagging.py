"""Labels for every word of a sentence: ccg, udpos, panx."""

import random
from collections.abc import Iterator

from datasets import ClassLabel, Features, List, Value

from waystation.tasks import panx, udpos
from waystation.world.grammar import Language, Word, text
from waystation.world.meanings import NAMES, Event, World, concepts
from waystation.world.questions import ASKED

TEXT = Value("string")
SPLITS = [
    ("ccg", "train"),
    ("ccg", "validation"),
    ("udpos", "train"),
    ("udpos", "validation"),
    ("udpos", "test"),
    ("panx", "train"),
    ("panx", "validation"),
    ("panx", "test"),
]
FEATURES = {
    "ccg": Features({"id": TEXT, "tokens": List(TEXT), "supertags": List(TEXT)}),
    "udpos": Features(
        {"tokens": List(TEXT), "pos_tags": List(ClassLabel(names=list(udpos.LABELS)))}
    ),
    "panx": Features(
        {"tokens": List(TEXT), "ner_tags": List(ClassLabel(names=list(panx.LABELS)))}
        | {"langs": List(TEXT)}
    ),
}


def draw(world: World, rng: random.Random, task: str, index: int) -> tuple:
    """(event, the part asked for or None for a statement)."""
    event = world.event(rng.choice(world.topics), rng)
    if rng.random() < 0.15:
        event = event.but(negated=True)
    said = [part for part in ASKED if getattr(event, part) is not None]
    return event, (rng.choice(said) if rng.random() < 0.25 else None)


def keys(task: str, meaning: tuple, plain: Language) -> set:
    """What must not stand in two splits: the sentence, whatever the answer of a question."""
    return {text(said(plain, *meaning))}


def names(meaning: tuple) -> set[str]:
    """The names that a meaning says, of whatever kind."""
    event, _ = meaning
    return concepts(event) & set(NAMES)


def said(language: Language, event: Event, asked: str | None) -> list[Word]:
    return language.question(event, asked) if asked else language.statement(event)


def rows(task: str, language: Language, drawn: list) -> Iterator[dict]:
    for index, (event, asked) in enumerate(drawn):
        words = said(language, event, asked)
        tokens = [word.form for word in words]
        if task == "udpos":
            yield {"tokens": tokens, "pos_tags": [udpos.LABELS.index(word.pos) for word in words]}
        elif task == "panx":
            tags = [panx.LABELS.index(tag) for tag in spans(words)]
            yield {"tokens": tokens, "ner_tags": tags, "langs": [language.code] * len(tokens)}
        else:
            categories = [word.category for word in words]
            yield {"id": f"ccg-{index}", "tokens": tokens, "supertags": categories}


def spans(words: list[Word]) -> list[str]:
    """IOB2 tags: neighbours of one kind and one part of the sentence are one entity."""
    tags, before = [], ("O", "")
    for word in words:
        own = (word.entity, word.part)
        if word.entity == "O":
            tags.append("O")
        else:
            tags.append(f"{'I' if own == before else 'B'}-{word.entity}")
        before = own
    return tags
