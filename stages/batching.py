"""From examples to batches: which features a step sees, and batches for inference.

Everything here is a function of (seed, step), so that a resumed run sees what it would have seen.
"""

import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Feature:
    """One unit of a model's input; an example gives one or, with a stride, several.

    `ids` are token ids with special tokens; `example` is the index of its example; `target` is what
    the loss needs (a label, tag per token, start and end); `context` what decoding needs. `cuts`
    are the places in `ids` where a new sequence begins, for types whose unit is several sequences
    that must stay in one batch (the choices of a multiple-choice question). `seconds` are the
    places in each sequence where tokens of type 1 begin, for models that tell two texts apart.
    """

    ids: list[int]
    example: int
    target: Any = None
    context: Any = field(default=None, repr=False)
    cuts: tuple[int, ...] = ()
    seconds: tuple[int, ...] = ()

    def sequences(self) -> list[list[int]]:
        """The sequences that the encoder sees."""
        places = [0, *self.cuts, len(self.ids)]
        return [self.ids[start:end] for start, end in itertools.pairwise(places)]


class Shuffled:
    """Endless epochs over `items`, each in its own order; batch `index` is computed directly."""

    def __init__(self, items: list, batch_size: int, seed: str):
        self.items, self.batch_size, self.seed = items, batch_size, seed
        self.per_epoch = max(1, len(items) // batch_size)
        self._epoch, self._order = -1, []

    def batch(self, index: int) -> list:
        epoch, place = divmod(index, self.per_epoch)
        if epoch != self._epoch:
            self._order = list(range(len(self.items)))
            random.Random(f"{self.seed}/{epoch}").shuffle(self._order)
            self._epoch = epoch
        start = place * self.batch_size
        return [self.items[i] for i in self._order[start : start + self.batch_size]]


def inference_batches(
    features: list[Feature], batch_tokens: int
) -> Iterator[tuple[list[int], list[Feature]]]:
    """Batches of similar length with at most `batch_tokens` tokens: (indices, features)."""
    order = sorted(range(len(features)), key=lambda i: len(features[i].ids), reverse=True)
    chosen: list[int] = []
    tokens = 0
    for index in order:
        length = len(features[index].ids)
        if chosen and tokens + length > batch_tokens:
            yield chosen, [features[i] for i in chosen]
            chosen, tokens = [], 0
        chosen.append(index)
        tokens += length
    if chosen:
        yield chosen, [features[i] for i in chosen]


def mixture(weights: dict[str, float], seed: str, length: int) -> list[str]:
    """Which task each step trains, drawn in proportion to the weights."""
    draw = random.Random(seed)
    return draw.choices(list(weights), list(weights.values()), k=length)


def sample(items: list, count: int | None, seed: str) -> list:
    """`count` items without repetition in a random order, or all of them."""
    if count is None or count >= len(items):
        return list(items)
    return random.Random(seed).sample(items, count)


NextBatch = Callable[[int], tuple[str, list[Feature]]]
