"""A small typed world, and the meanings that are drawn from it. No words here, only concepts.

The world has people, animals, things and places, and topics. Each topic has its own verbs, things
and places, and skewed tables of what goes with what: who does a thing to what, where, what is done
next and why. These are the regularities that a masked language model can learn in every language,
and by which it can align them. A name may be a person, a town or part of a company's name: only its
place in a sentence tells which.
"""

import random
from dataclasses import dataclass
from typing import NamedTuple

TOPICS = {
    "farm": {
        "verb": ["feed", "wash", "chase", "lead", "count"],
        "thing": ["horse", "goat", "hen", "cow", "cart", "gate", "sheep"],
        "place": ["barn", "field", "stable"],
    },
    "kitchen": {
        "verb": ["cook", "cut", "taste", "serve", "burn"],
        "thing": ["soup", "onion", "cake", "plate", "spoon", "fish", "lemon"],
        "place": ["kitchen", "cellar", "garden"],
    },
    "school": {
        "verb": ["read", "write", "draw", "explain", "lose"],
        "thing": ["book", "letter", "map", "pencil", "song", "story", "picture"],
        "place": ["library", "classroom", "yard"],
    },
    "harbour": {
        "verb": ["sail", "paint", "repair", "sell", "load"],
        "thing": ["boat", "net", "rope", "barrel", "lamp", "sailcloth", "anchor"],
        "place": ["harbour", "market", "workshop"],
    },
}
SOCIAL = ["help", "see", "call", "follow"]  # done by somebody to somebody, in every topic
PERSONS = ["farmer", "baker", "teacher", "sailor", "doctor", "painter", "child", "merchant"]
ANIMALS = ["dog", "cat", "mouse", "fox"]
NAMES = [
    "Anna", "Boris", "Chen", "Dalia", "Emeka", "Farid", "Greta", "Hiro",
    "Ines", "Juma", "Katya", "Leon", "Mira", "Nadir", "Olga", "Pavel",
]  # fmt: skip
QUALITIES = ["old", "new", "red", "green", "small", "heavy", "clean", "broken"]
OPPOSITES = {"old": "new", "new": "old", "red": "green", "green": "red"}
TENSES = {"past": ["yesterday", "monday", "winter"], "future": ["tomorrow", "friday", "summer"]}
TIMES = [time for times in TENSES.values() for time in times]
NUMBERS = ["2", "3", "4", "5", "6", "7"]
MODIFIERS = ("quality", "number", "place", "time")
TOWNS = COMPANIES = 6  # of each, drawn from the names
UNFAMILIAR = 8  # of the names: most that a recogniser meets were not in its training rows
SOCIAL_SHARE = 0.2  # of the events


class Event(NamedTuple):
    """Somebody did something to a thing or to somebody. None means: left unsaid.

    `agent` and `thing` are a person, an animal, a name or a thing; a company is "<name> company".
    """

    agent: str
    verb: str
    thing: str
    tense: str = "past"
    quality: str | None = None  # of the thing
    number: str | None = None  # of the thing
    place: str | None = None
    time: str | None = None
    negated: bool = False
    plural: bool = False  # several of the agent

    def but(self, **changes) -> "Event":
        return self._replace(**changes)


@dataclass(frozen=True)
class State:
    """A thing has a quality: why something was done to it."""

    thing: str
    quality: str


class World:
    """Tables of likelihood for every topic, drawn once from a seed."""

    def __init__(self, seed: int, topics: int):
        draw = random.Random(f"world/{seed}")
        self.topics = list(TOPICS)[:topics]
        self.towns = draw.sample(NAMES, TOWNS)
        self.companies = [f"{name} company" for name in draw.sample(NAMES, COMPANIES)]
        self.agents = PERSONS + NAMES + self.companies
        self.animate = PERSONS + NAMES + ANIMALS
        self.tables = {topic: self._tables(topic, draw) for topic in self.topics}
        self.unfamiliar = set(draw.sample(NAMES, UNFAMILIAR))  # in no training row of panx

    def _tables(self, topic: str, draw: random.Random) -> dict:
        parts = TOPICS[topic]
        verbs = parts["verb"]
        places = parts["place"] + draw.sample(self.towns, 2)
        return {
            "agent": _skewed(self.agents, draw),
            "social": _skewed(SOCIAL, draw),
            "verb": {agent: _skewed(verbs, draw) for agent in self.agents},
            "thing": {verb: _skewed(parts["thing"], draw) for verb in verbs},
            "place": {verb: _skewed(places, draw) for verb in [*verbs, *SOCIAL]},
            "quality": {thing: _skewed(QUALITIES, draw) for thing in parts["thing"]},
            "next": {verb: _skewed([v for v in verbs if v != verb], draw) for verb in verbs},
            "cause": {verb: _skewed(QUALITIES, draw) for verb in verbs},
        }

    def event(
        self, topic: str, draw: random.Random, said: float = 0.6, tense: str | None = None
    ) -> Event:
        """One event of a topic; each of its modifiers is said with about probability `said`."""
        tables = self.tables[topic]
        tense = tense or draw.choice(list(TENSES))
        if draw.random() < SOCIAL_SHARE:
            agent, patient = draw.sample(self.animate, 2)
            event = Event(agent, _pick(tables["social"], draw), patient, tense)
        else:
            agent = _pick(tables["agent"], draw)
            verb = _pick(tables["verb"][agent], draw)
            event = Event(agent, verb, _pick(tables["thing"][verb], draw), tense)
            if draw.random() < said:
                event = event.but(quality=_pick(tables["quality"][event.thing], draw))
            if draw.random() < said / 2:
                event = event.but(number=draw.choice(NUMBERS))
        if agent in PERSONS and draw.random() < 0.25:
            event = event.but(plural=True)
        if draw.random() < said:
            table = tables["place"][event.verb]
            other = [place for place in table[0] if place not in concepts(event)]
            event = event.but(place=_pick_of(table, other, draw))
        if draw.random() < said:
            event = event.but(time=draw.choice(TENSES[tense]))
        return event

    def passage(
        self, draw: random.Random, length: int, topic: str | None = None, said: float = 0.6
    ) -> tuple[Event, ...]:
        """Events of one topic and tense that share no agent, verb, thing or name: a question about
        one of them has one answer."""
        topic = topic or draw.choice(self.topics)
        tense = draw.choice(list(TENSES))
        events: list[Event] = []
        taken: set[str] = set()
        while len(events) < length:
            event = self.event(topic, draw, said, tense)
            parts = concepts(event)
            if taken.isdisjoint(parts):
                events.append(event)
                taken |= parts
        return tuple(events)

    def script(self, draw: random.Random, length: int, topic: str | None = None) -> tuple:
        """Events of one agent, each what is usually done after the one before, with its thing."""
        topic = topic or draw.choice(self.topics)
        tables = self.tables[topic]
        agent = _pick(tables["agent"], draw)
        verb = _pick(tables["verb"][agent], draw)
        tense = draw.choice(list(TENSES))
        events: list[Event] = []
        for _ in range(length):
            used = {event.thing for event in events}
            left = [thing for thing in TOPICS[topic]["thing"] if thing not in used]
            events.append(Event(agent, verb, _pick_of(tables["thing"][verb], left, draw), tense))
            verb = _pick(tables["next"][verb], draw)
        if draw.random() < 0.5:
            events[0] = events[0].but(time=draw.choice(TENSES[tense]))
        return tuple(events)

    def cause(self, event: Event, draw: random.Random) -> State:
        """Why an event happened: the state of its thing that usually leads to it."""
        return State(event.thing, _pick(self.causes(event), draw))

    def causes(self, event: Event) -> tuple[list[str], list[float]]:
        """(qualities, how often each is the cause of such an event)."""
        return self.tables[self.topic(event)]["cause"][event.verb]

    def topic(self, event: Event) -> str:
        """The topic of an event; of a social one any, the first."""
        topics = [t for t in self.topics if event.verb in TOPICS[t]["verb"]]
        return topics[0] if topics else self.topics[0]

    def other_topics(self, topic: str) -> list[str]:
        return [other for other in self.topics if other != topic]

    def another(self, event: Event, part: str, topic: str, draw: random.Random) -> str:
        """Another value for a part of an event of a topic, of the same kind as the one it has."""
        parts = TOPICS[topic]
        social = event.verb in SOCIAL
        alike = [places for places in (parts["place"], self.towns) if event.place in places]
        pools = {
            "agent": self.animate if social else self.agents,
            "thing": self.animate if social else parts["thing"],
            "verb": SOCIAL if social else parts["verb"],
            "place": alike[0] if alike else self.tables[topic]["place"][event.verb][0],
            "quality": QUALITIES,
            "number": NUMBERS,
            "time": TENSES[event.tense],
        }
        taken = concepts(event) | {getattr(event, part)}
        return draw.choice([value for value in pools[part] if taken.isdisjoint(names_in(value))])


def replaced(event: Event, part: str, value: str) -> Event:
    """The event with another value of a part; only of people there are several."""
    event = event.but(**{part: value})
    return event.but(plural=event.plural and event.agent in PERSONS)


def concepts(event: Event) -> set[str]:
    """What must not stand twice in a passage: agent, verb, thing, and every name."""
    town = {name for name in NAMES if name == event.place}
    return {event.verb} | names_in(event.agent) | names_in(event.thing) | town


def names_in(concept: str) -> set[str]:
    """A concept without what makes it a company's name."""
    return {concept.removesuffix(" company")}


def modifiers(event: Event) -> list[str]:
    """Names of the modifiers that an event says."""
    return [name for name in MODIFIERS if getattr(event, name) is not None]


def _skewed(values: list[str], draw: random.Random) -> tuple[list[str], list[float]]:
    """Values with weights from a Dirichlet distribution of concentration 0.25."""
    return values, [draw.gammavariate(0.25, 1.0) + 1e-3 for _ in values]


def _pick(table: tuple[list[str], list[float]], draw: random.Random) -> str:
    return draw.choices(*table)[0]


def _pick_of(table: tuple[list[str], list[float]], allowed: list[str], draw: random.Random) -> str:
    """A value of a table, among those that are allowed."""
    weights = [weight if value in allowed else 0.0 for value, weight in zip(*table, strict=True)]
    return draw.choices(table[0], weights)[0]
