"""The raw corpus of a language: passages, scripts and dialogues, some words in other languages."""

import random
from collections.abc import Set

from waystation.world import meanings
from waystation.world.grammar import Language, Word, text
from waystation.world.lexicon import MARKS
from waystation.world.meanings import World
from waystation.world.questions import ASKED, answer_span, reason_span, shortened

SCRIPTS = 0.5  # share of the documents that are no dialogue


def documents(
    world: World,
    code: str,
    languages: dict[str, Language],
    count: int,
    dialogues: float,
    code_mix: float,
    seed: int,
    held_out: Set[str] = frozenset(),
) -> list[str]:
    """`count` documents that say none of the sentences `held_out`.

    Each language tells its own meanings, so none is a translation.
    """
    draw = random.Random(f"corpus/{seed}/{code}")
    others = [language for other, language in languages.items() if other != code]
    texts: list[str] = []
    while len(texts) < count:
        if draw.random() < dialogues:
            words = dialogue(world, languages[code], draw)
        elif draw.random() < SCRIPTS:
            words = script(world, languages[code], draw)
        else:
            words = monologue(world, languages[code], draw)
        if held_out.isdisjoint(sentences(words)):
            texts.append(" ".join(mixed(word, others, code_mix, draw) for word in words))
    return texts


def sentences(words: list[Word]) -> list[str]:
    """The text of each sentence of a document."""
    ended: list[list[Word]] = [[]]
    for word in words:
        ended[-1].append(word)
        if word.form in MARKS:
            ended.append([])
    return [text(sentence) for sentence in ended[:-1]]


def monologue(world: World, language: Language, draw: random.Random) -> list[Word]:
    """Events of one topic; now and then the place or the time is said first."""
    words = []
    for event in world.passage(draw, draw.choice((2, 3, 4))):
        said = [part for part in ("place", "time") if getattr(event, part)]
        fronted = draw.choice(said) if said and draw.random() < 0.15 else ""
        words += language.statement(event, fronted=fronted)
    return words


def script(world: World, language: Language, draw: random.Random) -> list[Word]:
    """What somebody does with a thing, step by step; why the first step was taken, or who it is."""
    events = world.script(draw, draw.choice((2, 3)))
    first = events[0]
    if first.agent in meanings.NAMES and draw.random() < 0.3:
        words = language.title(first.agent, draw.choice(meanings.PERSONS))
        words += language.statement(first)
    elif draw.random() < 0.6:
        words = language.explained(first, world.cause(first, draw))
    else:
        words = language.statement(first)
    return words + [w for event in events[1:] for w in language.statement(event, after="then")]


def dialogue(world: World, language: Language, draw: random.Random) -> list[Word]:
    """Two statements, then a question about one of them and its answer."""
    passage = world.passage(draw, 2)
    asked_of = draw.randrange(2)
    event = passage[asked_of]
    sentences = [language.statement(event) for event in passage]
    asked = draw.choice([part for part in ASKED if getattr(event, part) is not None])
    if event.verb not in meanings.SOCIAL and draw.random() < 0.15:
        asked = "reason"
        sentences[asked_of] = language.explained(event, world.cause(event, draw))
    question = language.question(shortened(event, asked, str(draw.random())), asked)
    span = reason_span if asked == "reason" else answer_span
    reply = [
        Word(form, "", "", "") for form in [*span(sentences[asked_of], asked)[1].split(" "), "."]
    ]
    return [word for sentence in [*sentences, question, reply] for word in sentence]


def mixed(word: Word, others: list[Language], rate: float, draw: random.Random) -> str:
    """The word's form, or with probability `rate` another language's form of its concept."""
    own = word.pos in ("PROPN", "NUM", "PUNCT", "")
    if not others or own or draw.random() >= rate:
        return word.form
    return draw.choice(others).forms.get(word.concept, word.form)
