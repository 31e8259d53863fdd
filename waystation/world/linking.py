"""Entities and their mentions: mewslix. A name alone does not tell which of its bearers is meant.

Each entity has a name, a profession, a topic and a habit. Its description says them; a mention is a
short text in which the bearer of the name does something typical. No two entities have both name
and habit, so that a mention tells which is meant; each of the test's is described in one language
only, any of the suite's.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from datasets import Features, Value

from waystation.world.grammar import Language, text
from waystation.world.meanings import NAMES, PERSONS, TENSES, TOPICS, Event, World

TEXT = Value("string")
SPLITS = [
    ("mewslix_pairs", "train"),
    ("mewslix_pairs", "validation"),
    ("mewslix", "validation"),
    ("mewslix", "test"),
]
MENTION = dict.fromkeys(("mention_id", "left", "mention", "right", "entity"), TEXT)
FEATURES = {
    "mewslix_pairs": Features(MENTION | {"title": TEXT, "description": TEXT}),
    "mewslix": Features(MENTION),
    "mewslix_entities": Features(
        dict.fromkeys(("entity", "language", "title", "description"), TEXT)
    ),
}


@dataclass(frozen=True)
class Entity:
    """Somebody of this name, who usually does this to that."""

    name: str
    person: str
    verb: str
    thing: str

    @property
    def key(self) -> str:
        return f"Q-{self.name}-{self.person}-{self.verb}-{self.thing}"


def draw(world: World, rng: random.Random, task: str, index: int) -> tuple:
    """(entity, its event, another event of the passage)."""
    topic = rng.choice(world.topics)
    # Any habit of the topic: of the usual ones alone there are too few for so many entities.
    verb, thing = (rng.choice(TOPICS[topic][kind]) for kind in ("verb", "thing"))
    entity = Entity(rng.choice(NAMES), rng.choice(PERSONS), verb, thing)
    tense = rng.choice(list(TENSES))
    own = Event(entity.name, verb, thing, tense)
    while True:
        other = world.event(topic, rng, tense=tense)
        if entity.name not in (other.agent, other.thing, other.place):
            return entity, own, other


def keys(task: str, meaning: tuple, plain: Language) -> set:
    """What must not stand in two splits, nor twice in one: the name with its habit."""
    entity = meaning[0]
    return {(entity.name, entity.verb, entity.thing)}


def rows(task: str, language: Language, drawn: list) -> Iterator[dict]:
    for index, (entity, own, other) in enumerate(drawn):
        sentence = [word.form for word in language.statement(own)]
        start = sentence.index(language.form(entity.name))
        row = {
            "mention_id": f"{task}-{index}",
            "left": " ".join(sentence[:start]),
            "mention": sentence[start],
            "right": " ".join([*sentence[start + 1 :], text(language.statement(other))]),
            "entity": entity.key,
        }
        if task == "mewslix_pairs":
            row |= described(entity, language)
        yield row


def described(entity: Entity, language: Language) -> dict[str, str]:
    """Title and description: `Anna be the baker . the baker cook-ed soup .`"""
    habit = language.statement(Event(entity.person, entity.verb, entity.thing))
    return {
        "title": language.form(entity.name),
        "description": text([*language.title(entity.name, entity.person), *habit]),
    }


def entity_rows(languages: dict[str, Language], drawn: list, seed: str) -> Iterator[dict]:
    """Every entity once, in a random language."""
    rng = random.Random(seed)
    for entity, _, _ in drawn:
        language = languages[rng.choice(list(languages))]
        yield {
            "entity": entity.key,
            "language": language.code,
            **described(entity, language),
        }
