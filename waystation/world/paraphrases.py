"""Do two texts say the same: qqp (questions), pawsx (word-order swaps).

A paraphrase says a modifier first, or tells two events in the other order. In `pawsx` what differs
has the same words: agent and patient, two agents or two qualities have changed places. In `qqp` it
asks for another part, or about another event.
"""

import random
from collections.abc import Iterator

from datasets import ClassLabel, Features, Value

from waystation.world.grammar import Language, text
from waystation.world.meanings import SOCIAL, Event, World, replaced
from waystation.world.questions import ASKED, shortened

TEXT = Value("string")
SPLITS = [
    ("qqp", "train"),
    ("qqp", "validation"),
    ("pawsx", "train"),
    ("pawsx", "validation"),
    ("pawsx", "test"),
]
FEATURES = {
    "qqp": Features(
        {"question1": TEXT, "question2": TEXT}
        | {"label": ClassLabel(names=["not_duplicate", "duplicate"]), "idx": Value("int32")}
    ),
    "pawsx": Features(
        {"id": Value("int32"), "sentence1": TEXT, "sentence2": TEXT}
        | {"label": ClassLabel(names=["0", "1"])}
    ),
}
TRIES = 100


def draw(world: World, rng: random.Random, task: str, index: int) -> tuple:
    if task == "qqp":
        return draw_questions(world, rng, index % 2)
    return draw_swap(world, rng, index % 2)


def draw_questions(world: World, rng: random.Random, label: int) -> tuple:
    """(event, part, event, part, label) of two questions."""
    topic = rng.choice(world.topics)
    event = world.event(topic, rng)
    said = [part for part in ASKED if getattr(event, part) is not None]
    asked = rng.choice(said)
    first = shortened(event, asked, str(rng.random()), kept=2)
    if label:  # the same question, one with more modifiers repeated: none lacks in both
        second = shortened(first, asked, str(rng.random()), kept=1)
        if second == first:
            return draw_questions(world, rng, label)
        pair = [first, second]
        rng.shuffle(pair)
        return pair[0], asked, pair[1], asked, label
    others = [part for part in said if part != asked]
    if rng.random() < 0.4:
        part = rng.choice(others)
        return first, asked, shortened(event, part, str(rng.random()), kept=2), part, label
    changed = rng.choice([part for part in ("agent", "verb", "thing") if part != asked])
    other = replaced(event, changed, world.another(event, changed, topic, rng))
    return first, asked, shortened(other, asked, str(rng.random()), kept=2), asked, label


def draw_swap(world: World, rng: random.Random, label: int) -> tuple:
    """(events, fronted parts, events, fronted parts, label) of two texts with the same words."""
    for _ in range(TRIES):
        events = world.passage(rng, rng.choice((1, 2)), said=0.5)
        front = tuple(rng.choice(["", *fronts(event)]) for event in events)
        if label:
            other = events[::-1] if len(events) == 2 else events
            fronted = front[::-1] if len(events) == 2 else (rng.choice(["", *fronts(events[0])]),)
            if (other, fronted) != (events, front):
                return events, front, other, fronted, label
        elif swapped := swap(events, rng):
            return events, front, swapped, front, label
    raise RuntimeError("the world has no events whose parts can change places")


def fronts(event: Event) -> list[str]:
    return [part for part in ("place", "time") if getattr(event, part) is not None]


def swap(events: tuple[Event, ...], rng: random.Random) -> tuple[Event, ...] | None:
    """The events with two parts changed places, or None where nothing can."""
    if len(events) == 1:
        (event,) = events
        if event.verb not in SOCIAL or event.plural:  # what is done to somebody is done to one
            return None
        return (event.but(agent=event.thing, thing=event.agent),)
    first, second = events
    if first.quality and second.quality and first.quality != second.quality and rng.random() < 0.5:
        return first.but(quality=second.quality), second.but(quality=first.quality)
    # Where the verb agrees, another plural would make other words.
    if any(event.verb in SOCIAL for event in events) or first.plural != second.plural:
        return None
    return first.but(agent=second.agent), second.but(agent=first.agent)


def keys(task: str, meaning: tuple, plain: Language) -> set:
    """What must not stand in two splits: each of the texts; of the short questions, the pair."""
    first, how, second, otherwise, _ = meaning
    if task == "qqp":
        return {frozenset(text(plain.question(*q)) for q in ((first, how), (second, otherwise)))}
    return {said(plain, first, how), said(plain, second, otherwise)}


def rows(task: str, language: Language, drawn: list) -> Iterator[dict]:
    for index, (first, how, second, otherwise, label) in enumerate(drawn):
        if task == "qqp":
            questions = {
                "question1": text(language.question(first, how)),
                "question2": text(language.question(second, otherwise)),
                "idx": index,
            }
        else:
            questions = {
                "sentence1": said(language, first, how),
                "sentence2": said(language, second, otherwise),
                "id": index,
            }
        yield questions | {"label": label}


def said(language: Language, events: tuple[Event, ...], fronted: tuple[str, ...]) -> str:
    pairs = zip(events, fronted, strict=True)
    return " ".join(text(language.statement(event, fronted=part)) for event, part in pairs)
