"""What a model reads of an example, and batches of it for inference."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from waystation.encoder.packed import Packed


class Lengths(Protocol):
    """How long inputs are, in tokens: at most, and from a window on a context to the next one."""

    @property
    def max_tokens(self) -> int: ...
    @property
    def stride(self) -> int: ...


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


def pack(features: list[Feature]) -> Packed:
    """All sequences of a batch's features."""
    return Packed(
        [ids for feature in features for ids in feature.sequences()],
        [start for feature in features for start in feature.seconds],
    )
