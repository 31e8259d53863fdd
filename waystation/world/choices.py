"""Multiple choice from what the world is like: hellaswag, cosmos_qa, commonsense_qa, copa, xcopa.

`hellaswag` asks what is done next, `copa` and `xcopa` what was done before or after, `cosmos_qa`
why, `commonsense_qa` where. The wrong choices tell of other topics, as many as there are, so that
the right one is not the only one of its topic. In `cosmos_qa` the context tells two states of a
thing, and the world's table of causes which of them is a reason for what was done to it.
"""

import random
from collections.abc import Callable, Iterator
from itertools import pairwise

from datasets import ClassLabel, Features, List, Value

from waystation.world.grammar import Language, text
from waystation.world.meanings import (
    OPPOSITES,
    PERSONS,
    QUALITIES,
    SOCIAL,
    TOPICS,
    Event,
    State,
    World,
)

TEXT = Value("string")
SPLITS = [  # what is evaluated first: training rows keep away from its steps
    ("xcopa", "test"),
    ("xcopa", "validation"),
    ("copa", "validation"),
    ("hellaswag", "validation"),
    ("copa", "train"),
    ("hellaswag", "train"),
    ("cosmos_qa", "train"),
    ("cosmos_qa", "validation"),
    ("commonsense_qa", "train"),
    ("commonsense_qa", "validation"),
]
COPA = {"premise": TEXT, "choice1": TEXT, "choice2": TEXT, "question": TEXT, "idx": Value("int32")}
FEATURES = {
    "hellaswag": Features(
        {"ind": Value("int32")}
        | dict.fromkeys(("activity_label", "ctx_a", "ctx_b", "ctx"), TEXT)
        | {"endings": List(TEXT)}
        | dict.fromkeys(("source_id", "split", "split_type", "label"), TEXT)
    ),
    "cosmos_qa": Features(
        dict.fromkeys(("id", "context", "question", *(f"answer{i}" for i in range(4))), TEXT)
        | {"label": Value("int32")}
    ),
    "commonsense_qa": Features(
        {"id": TEXT, "question": TEXT, "question_concept": TEXT}
        | {"choices": {"label": List(TEXT), "text": List(TEXT)}, "answerKey": TEXT}
    ),
    "copa": Features(COPA | {"label": ClassLabel(names=["choice1", "choice2"])}),
    "xcopa": Features(
        {name: COPA[name] for name in ("premise", "choice1", "choice2", "question")}
        | {"label": Value("int32"), "idx": COPA["idx"], "changed": Value("bool")}
    ),
}
LETTERS = "ABCDE"
TOPICS_NEEDED = {"hellaswag": 4, "copa": 2, "xcopa": 2, "commonsense_qa": 4}  # for wrong choices
LIKELY, LIKELIER = 0.1, 4.0  # least share of a reason; how many times an unlikely one's it is


def draw(world: World, rng: random.Random, task: str, index: int) -> tuple:
    """A task's own meaning: what is asked about, the choices, the index of the right one."""
    if task == "cosmos_qa":
        return draw_reason(world, rng, index)
    if task == "commonsense_qa":
        return draw_place(world, rng)
    return draw_step(world, rng, choices=4 if task == "hellaswag" else 2)


def draw_step(world: World, rng: random.Random, choices: int) -> tuple:
    """(premise events, asked, choices, label): a step of a script and steps of other topics."""
    topic = rng.choice(world.topics)
    script = world.script(rng, 3 if choices == 4 else 2, topic)
    asked = "effect" if choices == 4 else rng.choice(["cause", "effect"])
    premise, right = (script[:-1], script[-1]) if asked == "effect" else (script[1:], script[0])
    others = rng.sample(world.other_topics(topic), choices - 1)
    wrong = [elsewhere(world, rng, other, right) for other in others]
    return (premise, asked, *shuffled(right.but(time=None), wrong, rng))


def elsewhere(world: World, rng: random.Random, topic: str, right: Event) -> Event:
    """An event of another topic by the same agent in the same tense."""
    event = world.script(rng, 1, topic)[0]
    return event.but(agent=right.agent, tense=right.tense, time=None)


def draw_reason(world: World, rng: random.Random, index: int) -> tuple:
    """(context events, a state, the event asked about, states, label).

    The context tells two states of the event's thing, one as its quality, one in a sentence of its
    own: the right one and an unlikely one. Of the choices that it does not tell one is another
    unlikely one, the other a rival, in every other row likelier than the right one, so that the
    question alone does not tell which of the two it is.
    """
    while True:
        context, cause = world.passage(rng, 2), rng.randrange(2)
        event = context[cause].but(number=None)
        right, rival, wrong, other = rng.sample(QUALITIES, 4)
        if event.verb in SOCIAL or OPPOSITES.get(wrong) in (right, rival):
            continue
        likely = dict(zip(*world.causes(event), strict=True))
        unlikely = max(likely[wrong], likely[other])
        least = max(LIKELY * sum(likely.values()), LIKELIER * unlikely)
        first = likely[right] > likely[rival]
        if min(likely[right], likely[rival]) >= least and first == (index % 2 == 0):
            break
    quality, state = rng.sample([right, wrong], 2)
    context = (*context[:cause], event.but(quality=quality), *context[cause + 1 :])
    others = [State(event.thing, reason) for reason in (rival, wrong, other)]
    choices = shuffled(State(event.thing, right), others, rng)
    asked = event.but(quality=None, place=None, time=None)
    return (context, State(event.thing, state), asked, *choices)


def draw_place(world: World, rng: random.Random) -> tuple:
    """(the event without its place, places, label): one place of the topic, the others of as many
    topics as there are."""
    topic = rng.choice(world.topics)
    event = world.event(topic, rng).but(number=None, place=None, time=None)
    if event.verb in SOCIAL:
        return draw_place(world, rng)
    event = event.but(agent=rng.choice(PERSONS), plural=True)
    right = rng.choice(TOPICS[topic]["place"])
    rounds = zip(*(rng.sample(TOPICS[t]["place"], 3) for t in world.other_topics(topic)))
    wrong = [place for places in rounds for place in rng.sample(places, len(places))]
    return (event, *shuffled(right, wrong[: len(LETTERS) - 1], rng))


def shuffled(right, wrong: list, rng: random.Random) -> tuple:
    """(all choices in a random order, the right one's index)."""
    label = rng.randrange(len(wrong) + 1)
    return (*wrong[:label], right, *wrong[label:]), label


def keys(task: str, meaning: tuple, plain: Language) -> set:
    """What must not stand in two splits, whatever the wrong choices: the premise, and it with the
    right choice in either order; the context; the question of where."""
    if task == "commonsense_qa":
        return {text(plain.question(meaning[0], "place"))}
    premise = said(plain, meaning[0])
    if task == "cosmos_qa":
        return {premise}
    _, _, choices, label = meaning
    return {premise, frozenset((premise, text(plain.statement(choices[label]))))}


def steps(meaning: tuple, plain: Language) -> set[tuple[str, str]]:
    """(event, what was done next) of a script, whenever it was: what `copa` asks about, and what
    stands in the middle of `hellaswag`'s."""
    premise, asked, choices, label = meaning
    script = (*premise, choices[label]) if asked == "effect" else (choices[label], *premise)
    sentences = [text(plain.statement(event.but(time=None))) for event in script]
    return set(pairwise(sentences))


def rows(task: str, language: Language, drawn: list) -> Iterator[dict]:
    make = {"cosmos_qa": reason_row, "commonsense_qa": place_row, "hellaswag": ending_row}
    for index, meaning in enumerate(drawn):
        yield make.get(task, copa_row)(language, meaning, index, task)


def ending_row(language: Language, meaning: tuple, index: int, task: str) -> dict:
    premise, _, endings, label = meaning
    context = said(language, premise)
    return {
        "ind": index,
        "activity_label": "pocket",
        "ctx_a": context,
        "ctx_b": "",
        "ctx": context,
        "endings": unlike(lambda event: text(language.statement(event, after="then")), endings),
        "source_id": f"pocket~{index}",
        "split": "",
        "split_type": "indomain",
        "label": str(label),
    }


def copa_row(language: Language, meaning: tuple, index: int, task: str) -> dict:
    premise, asked, choices, label = meaning
    first, second = unlike(lambda event: text(language.statement(event)), choices)
    row = {
        "premise": said(language, premise),
        "choice1": first,
        "choice2": second,
        "question": asked,
        "idx": index,
        "label": label,
    }
    return row | {"changed": False} if task == "xcopa" else row


def reason_row(language: Language, meaning: tuple, index: int, task: str) -> dict:
    context, state, event, states, label = meaning
    reasons = unlike(lambda reason: text(language.state(reason)), states)
    return {
        "id": f"cosmos-{index}",
        "context": f"{said(language, context)} {text(language.state(state))}",
        "question": text(language.question(event, "reason")),
        "label": label,
        **{f"answer{i}": reason for i, reason in enumerate(reasons)},
    }


def place_row(language: Language, meaning: tuple, index: int, task: str) -> dict:
    event, places, label = meaning
    return {
        "id": f"csqa-{index}",
        "question": text(language.question(event, "place")),
        "question_concept": language.form(event.thing),
        "choices": {
            "label": list(LETTERS),
            "text": unlike(language.form, places),
        },
        "answerKey": LETTERS[label],
    }


def unlike(say: Callable, choices: tuple) -> list[str]:
    """The choices in words; where a machine's wrong words make two alike, it says one again."""
    choices_kept: list[str] = []
    for choice in choices:
        sentence = say(choice)
        while sentence in choices_kept:
            sentence = say(choice)
        choices_kept.append(sentence)
    return choices_kept


def said(language: Language, events: tuple[Event, ...]) -> str:
    first, *rest = events
    sentences = [language.statement(first)]
    sentences += [
        language.statement(e, after="then" if e.agent == first.agent else "") for e in rest
    ]
    return " ".join(text(sentence) for sentence in sentences)
