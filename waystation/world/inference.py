"""Inference between sentences: mnli, anli and xnli.

The hypothesis retells one event of the premise: with less said (entailment), with a part that the
premise leaves open (neutral), or denied or with another value of a part (contradiction). In `anli`
the premise is longer and the wrong value is one that another event of the premise has. Only what
excludes the other contradicts it, both told of one event as in SNLI: another thing or number, a
quality's opposite, a building a building, a town a town, but no time another (`yesterday` may be in
`winter`). A number is neither left out nor added, as `3 horse-s` are not `the horse`.
"""

import random
from collections.abc import Iterator

from datasets import ClassLabel, Features, Value

from waystation.world.grammar import Language, text
from waystation.world.meanings import MODIFIERS, OPPOSITES, SOCIAL, Event, World, modifiers

TEXT = Value("string")
NLI = ("entailment", "neutral", "contradiction")
LABEL = {"label": ClassLabel(names=list(NLI))}
DENIED = ("thing", "quality", "number", "place")
SPLITS = [
    ("mnli", "train"),
    ("mnli", "validation"),
    ("anli", "train"),
    ("anli", "validation"),
    ("xnli", "validation"),
    ("xnli", "test"),
]
FEATURES = {
    "mnli": Features(
        {"promptID": Value("int32"), "pairID": TEXT, "premise": TEXT, "premise_binary_parse": TEXT}
        | {"premise_parse": TEXT, "hypothesis": TEXT, "hypothesis_binary_parse": TEXT}
        | {"hypothesis_parse": TEXT, "genre": TEXT}
        | LABEL
    ),
    "anli": Features({"uid": TEXT, "premise": TEXT, "hypothesis": TEXT} | LABEL | {"reason": TEXT}),
    "xnli": Features({"premise": TEXT, "hypothesis": TEXT} | LABEL),
}


def draw(world: World, rng: random.Random, task: str, index: int) -> tuple:
    """(premise events, hypothesis event, label); the labels take turns, so that they balance."""
    lengths = (2, 3) if task == "anli" else (1, 1, 2)
    topic = rng.choice(world.topics)
    premise = world.passage(rng, rng.choice(lengths), topic)
    event_said = rng.choice(premise)
    label = index % 3
    droppable = [part for part in modifiers(event_said) if part != "number"]
    rng.shuffle(droppable)
    if label == 0:
        return premise, without(event_said, droppable[: rng.randint(0, len(droppable))]), label
    others = [event for event in premise if event is not event_said] if task == "anli" else []
    if label == 1:
        open_parts = [part for part in MODIFIERS if can_add(event_said, part)]
        if not open_parts:
            return draw(world, rng, task, index)
        part = rng.choice(open_parts)
        hypothesis = without(event_said, droppable[: rng.randint(0, len(droppable))])
        values = [getattr(event, part) for event in others if getattr(event, part)]
    else:
        hypothesis = without(event_said, droppable[: rng.randint(0, 1)])
        if rng.random() < 0.5:
            return premise, hypothesis.but(negated=True), label
        part = rng.choice([part for part in DENIED if can_deny(hypothesis, part)])
        if part == "quality":
            return premise, hypothesis.but(quality=OPPOSITES[str(event_said.quality)]), label
        if part == "number":  # five sailcloths beside seven small ones would be no contradiction
            hypothesis = hypothesis.but(quality=event_said.quality)
        values = [value for event in others if (value := mistaken(world, event_said, event, part))]
    value = rng.choice(values) if values else world.another(event_said, part, topic, rng)
    return premise, hypothesis.but(**{part: value}), label


def mistaken(world: World, event: Event, other: Event, part: str) -> str | None:
    """Another event's value of a part, where it is another and excludes the one that is told."""
    value, said = getattr(other, part), getattr(event, part)
    kinds = {
        "thing": (event.verb in SOCIAL, other.verb in SOCIAL),  # people or things
        "place": (said in world.towns, value in world.towns),
    }
    one, another = kinds.get(part, (True, True))
    return value if one == another and value != said else None


def can_add(event: Event, part: str) -> bool:
    """Whether the event leaves a modifier open: a number it never does, nor somebody a quality."""
    if part == "number" or getattr(event, part) is not None:
        return False
    return part != "quality" or event.verb not in SOCIAL


def can_deny(event: Event, part: str) -> bool:
    """Whether another value of a part contradicts the event."""
    value = getattr(event, part)
    return value in OPPOSITES if part == "quality" else value is not None


def without(event: Event, parts: list[str]) -> Event:
    return event.but(**dict.fromkeys(parts))


def keys(task: str, meaning: tuple, plain: Language) -> set:
    """What must not stand in two splits: the premise."""
    return {said(plain, meaning[0])}


def said(language: Language, premise: tuple[Event, ...]) -> str:
    return " ".join(text(language.statement(event)) for event in premise)


def rows(task: str, language: Language, drawn: list) -> Iterator[dict]:
    for index, (premise, hypothesis, label) in enumerate(drawn):
        row = {
            "premise": said(language, premise),
            "hypothesis": text(language.statement(hypothesis)),
            "label": label,
        }
        if task == "anli":
            row |= {"uid": f"anli-{index}", "reason": ""}
        if task == "mnli":
            row |= {"promptID": index, "pairID": f"{index}{'enc'[label]}", "genre": "pocket"}
            row |= {column: "" for column in FEATURES["mnli"] if column not in row}
        yield row
