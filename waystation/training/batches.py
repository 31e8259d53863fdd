"""Examples on disk: `<task>/<split>/<language>.jsonl`, one JSON object a line, and `task.json`."""

import random
from collections.abc import Callable, Mapping
from pathlib import Path

from waystation.base.errors import UserError
from waystation.data.examples import path, read
from waystation.encoder.features import Feature
from waystation.languages import ENGLISH


def training_rows(
    folder: Path, task: str, language: str, count: int | None, seed: str
) -> list[dict]:
    """`count` training examples of one task and language in a random order, or all of them."""
    rows = read(path(folder / task, "train", language))
    return sample(rows, count, seed if language == ENGLISH else f"{seed}/{language}")


class Shuffled:
    """Endless epochs over `items`, each in its own order; batch `index` is computed directly."""

    def __init__(self, items: list, batch_size: int, seed: str):
        if not items:
            raise UserError(f"no training example is left of {seed!r}: all are empty")
        self.items, self.batch_size, self.seed = items, batch_size, seed
        self.per_epoch = max(1, len(items) // batch_size)
        self._epoch = -1
        self._order: list[int] = []

    def batch(self, index: int) -> list:
        epoch, number = divmod(index, self.per_epoch)
        if epoch != self._epoch:
            self._order = list(range(len(self.items)))
            random.Random(f"{self.seed}/{epoch}").shuffle(self._order)
            self._epoch = epoch
        start = number * self.batch_size
        return [self.items[i] for i in self._order[start : start + self.batch_size]]


def mixture(weights: Mapping[str, float], seed: str, length: int) -> list[str]:
    """Which task each step trains, drawn in proportion to the weights."""
    draw = random.Random(seed)
    return draw.choices(list(weights), list(weights.values()), k=length)


def sample(items: list, count: int | None, seed: str) -> list:
    """`count` items without repetition in a random order, or all of them."""
    if count is None or count >= len(items):
        return list(items)
    return random.Random(seed).sample(items, count)


NextBatch = Callable[[int], tuple[str, list[Feature]]]
