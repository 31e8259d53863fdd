"""Questions about passages: squad_v1, squad_v2, xquad, mlqa, tydiqa, lareqa.

`squad_v2` asks half of its questions about what the passage does not say: about a part that is left
unsaid, or somebody or something else; by their form they are like the others. `tydiqa` has longer
passages, and its questions repeat no modifier but a number, as of people who have not seen the
answer.
"""

import random
from collections.abc import Iterator
from typing import Any

from datasets import Features, List, Value

from waystation.world.grammar import Language, Word, text
from waystation.world.meanings import SOCIAL, Event, World, modifiers, replaced

TEXT = Value("string")
ANSWERS = {"text": List(TEXT), "answer_start": List(Value("int32"))}
ASKED = ("agent", "thing", "place", "time", "number")
QA = {"id": TEXT, "context": TEXT, "question": TEXT, "answers": ANSWERS}
TITLED = Features({"id": TEXT, "title": TEXT} | QA)
SPLITS = [
    ("squad_v1", "train"),
    ("squad_v1", "validation"),
    ("squad_v2", "train"),
    ("squad_v2", "validation"),
    ("tydiqa", "train"),
    ("xquad", "test"),
    ("mlqa", "validation"),
    ("mlqa", "test"),
    ("tydiqa", "test"),
    ("lareqa", "test"),
]
FEATURES = {
    "squad_v1": TITLED,
    "squad_v2": TITLED,
    "tydiqa": TITLED,
    "xquad": Features(QA),
    "mlqa": Features({name: QA[name] for name in ("context", "question", "answers", "id")}),
    "lareqa": Features(QA),
}
PARAGRAPHS = Features(  # of lareqa: the bounds of sentences, which its repository has not
    {"context": TEXT, "id": List(TEXT), "sentence_breaks": List(List(Value("int32")))}
)
NAMES = {"squad_v1": "squad", "squad_v2": "squad2"}  # prefixes of ids


def draw(world: World, rng: random.Random, task: str, index: int) -> tuple:
    """(context events, the event that is asked about, the part asked for, index of the event or
    None where the context does not say it)."""
    topic = rng.choice(world.topics)
    context = world.passage(rng, 4 if task == "tydiqa" else 3, topic)
    number = rng.randrange(len(context))
    event = context[number]
    asked = rng.choice([part for part in ASKED if getattr(event, part) is not None])
    if task != "squad_v2" or index % 2 == 0:
        return context, event, asked, number
    if asked in ("place", "time") and rng.random() < 0.5:
        silent = event.but(**{asked: None})
        return (*context[:number], silent, *context[number + 1 :]), event, asked, None
    others = [other for other in context if other is not event]
    return context, somebody_else(world, rng, event, asked, topic, others), asked, None


def somebody_else(
    world: World, rng: random.Random, event: Event, asked: str, topic: str, others: list[Event]
) -> Event:
    """The event with another agent, verb or thing, often one that others of the passage have: as
    those share none of the three, none of them answers for it."""
    part = rng.choice([part for part in ("agent", "verb", "thing") if part != asked])
    social = event.verb in SOCIAL
    alike = [getattr(o, part) for o in others if (o.verb in SOCIAL) == social]
    borrow = alike and rng.random() < 0.5
    value = rng.choice(alike) if borrow else world.another(event, part, topic, rng)
    return replaced(event, part, value)


def shortened(event: Event, asked: str, key: str, kept: int = 1) -> Event:
    """What a question repeats of the event: agent, verb, thing with its number, and at most `kept`
    modifiers."""
    rng = random.Random(key)
    said = [name for name in modifiers(event) if name not in ("number", *unsaid(asked))]
    rng.shuffle(said)
    return event.but(**dict.fromkeys(said[rng.randint(0, kept) :]))


def unsaid(asked: str) -> tuple[str, ...]:
    """Parts that a question for one does not say: with a thing goes what modifies it."""
    return {"thing": ("thing", "quality", "number"), "number": ("number", "quality")}.get(
        asked, (asked,)
    )


def short(task: str, event: Event, asked: str) -> Event:
    """What the question of a task's row repeats of the event."""
    return shortened(event, asked, f"{task}/{event}", kept=int(task != "tydiqa"))


def keys(task: str, meaning: tuple, plain: Language) -> set:
    """What must not stand in two splits: the context; the question with its answer's sentence."""
    context, event, asked, number = meaning
    sentences: set = {" ".join(text(plain.statement(event)) for event in context)}
    if number is not None:
        question = text(plain.question(short(task, event, asked), asked))
        sentences.add((text(plain.statement(context[number])), question))
    return sentences


def undecidable(task: str, meaning: tuple, others: list[tuple]) -> bool:
    """Whether, of a task whose pool is all contexts, another row's context answers the question,
    or this one another row's. Languages may leave tense and plural unsaid, so neither decides."""
    return task == "lareqa" and any(
        answers(other, meaning) or answers(meaning, other) for other in others
    )


def answers(one: tuple, other: tuple) -> bool:
    """Whether a sentence of one row's context answers the other row's question."""
    _, event, asked, _ = other
    asking, silent = short("lareqa", event, asked), unsaid(asked)
    parts = ("agent", "verb", "thing", "quality", "number", "place", "time")
    said = {p: value for p in parts if p not in silent and (value := getattr(asking, p))}
    return any(
        getattr(stated, asked) is not None
        and all(getattr(stated, part) == value for part, value in said.items())
        for stated in one[0]
    )


def rows(task: str, language: Language, drawn: list) -> Iterator[dict]:
    prefix = NAMES.get(task, task)
    if task == "tydiqa":
        prefix = "english" if language.code == "en" else language.code
    for index, (context, event, asked, number) in enumerate(drawn):
        sentences = [language.statement(event) for event in context]
        row: dict[str, Any] = {
            "id": f"{prefix}-{index}",
            "context": " ".join(text(sentence) for sentence in sentences),
            "question": text(language.question(short(task, event, asked), asked)),
            "answers": {"text": [], "answer_start": []},
        }
        if number is not None:
            start, answer = answer_span(sentences[number], asked)
            before = sum(len(text(sentence)) + 1 for sentence in sentences[:number])
            row["answers"] = {"text": [answer], "answer_start": [before + start]}
        if "title" in FEATURES[task]:
            row["title"] = "pocket"
        if task == "lareqa":
            row["sentence_breaks"] = breaks(sentences)
        yield row


def breaks(sentences: list[list[Word]]) -> list[list[int]]:
    """[first character, last + 1] of every sentence of a context."""
    ends, start = [], 0
    for sentence in sentences:
        end = start + len(text(sentence))
        ends.append([start, end])
        start = end + 1
    return ends


def answer_span(sentence: list[Word], asked: str) -> tuple[int, str]:
    """Character offset and text of the words that say a part; modifiers belong to the thing."""
    parts = {"thing": ("thing", "quality", "number")}.get(asked, (asked,))
    places = [i for i, word in enumerate(sentence) if word.part in parts]
    return span(sentence, min(places), max(places))


def reason_span(sentence: list[Word], asked: str) -> tuple[int, str]:
    """The clause after `because`, without the full stop."""
    because = next(i for i, word in enumerate(sentence) if word.concept == "because")
    return span(sentence, because + 1, len(sentence) - 2)


def span(sentence: list[Word], first: int, last: int) -> tuple[int, str]:
    start = len(text(sentence[:first])) + (first > 0)
    return start, text(sentence[first : last + 1])
