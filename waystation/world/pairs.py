"""Translations of English sentences: tatoeba (pairs), bucc (pairs hidden in two large pools)."""

import random
from collections.abc import Iterator

from datasets import Features, Value

from waystation.tasks import tatoeba
from waystation.world.grammar import Language, text
from waystation.world.meanings import Event, World

TEXT = Value("string")
SPLITS = [("tatoeba", "test"), ("bucc", "validation"), ("bucc", "test")]
SENTENCES = Features({"id": TEXT, "text": TEXT})
FEATURES = {"tatoeba": Features({"sentence1": TEXT, "sentence2": TEXT, "lang": TEXT})}
GOLD_SHARE = 4  # of the sentences of each side of bucc, one in so many has its translation


def draw(world: World, rng: random.Random, task: str, index: int) -> Event:
    return world.event(rng.choice(world.topics), rng, said=0.8)


def keys(task: str, meaning: Event, plain: Language) -> set:
    """What must not stand in two splits: the sentence."""
    return {text(plain.statement(meaning))}


def translations(language: Language, drawn: list, english: Language) -> Iterator[dict]:
    """The rows of tatoeba."""
    for event in drawn:
        yield {
            "sentence1": text(language.statement(event)),
            "sentence2": text(english.statement(event)),
            "lang": tatoeba.TASK.config(language.code),
        }


def pools(language: Language, drawn: list, english: Language, seed: str) -> dict[str, tuple]:
    """{side: (features, rows)} of one language and split: foreign, english, gold.

    A quarter of the meanings is said on both sides; the rest of each half on one side only.
    """
    gold = len(drawn) // GOLD_SHARE
    half = gold + (len(drawn) - gold) // 2
    sides = {
        language.code: (language, drawn[:half]),
        "en": (english, drawn[:gold] + drawn[half:]),
    }
    pool, places = {}, {}
    for code, (speaker, meanings) in sides.items():
        order = list(range(len(meanings)))
        random.Random(f"{seed}/{code}").shuffle(order)
        places[code] = {index: f"{code}-{place:09}" for place, index in enumerate(order)}
        sentences = [
            {"id": places[code][index], "text": text(speaker.statement(meanings[index]))}
            for index in order
        ]
        pool[code] = SENTENCES, sentences
    pairs = [
        {"source_id": places[language.code][index], "target_id": places["en"][index]}
        for index in range(gold)
    ]
    pool["gold"] = Features({"source_id": TEXT, "target_id": TEXT}), pairs
    return pool
