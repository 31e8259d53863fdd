"""What a model reads: features of examples, and batches of them without padding."""

import itertools
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F


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


class Packed:
    """Sequences of token ids laid end to end, and the indices that attention needs.

    ids (N,) and positions (N,) int64, positions from 0; `first` (B,) is the row of each sequence's
    first token. `types` (N,) int64 is 1 from the token on that `seconds` names for each sequence,
    or None where all are 0. `gather` (B, T) points from a padded grid into the N rows, `scatter`
    (N,) back; `mask` (B, 1, 1, T) is true for real tokens, or None where all sequences have the
    same length: then rows and grid are the same. `bounds` (B + 1,) int32, on a card alone, is where
    sequences begin and the last ends. `masked` is what masked language modelling hid of the batch.
    """

    bounds: Tensor | None = None
    masked: Any = None

    def __init__(self, sequences: list[list[int]], seconds: Sequence[int] = ()):
        # In numpy: on arrays this small a call of torch costs several times as much.
        lengths = np.fromiter(map(len, sequences), np.int64, len(sequences))
        ids = np.fromiter(chain.from_iterable(sequences), np.int64, lengths.sum())
        first = lengths.cumsum() - lengths
        self.shape = (len(sequences), int(lengths.max()))
        columns = np.arange(self.shape[1])
        real = columns < lengths[:, None]
        gather = np.where(real, columns + first[:, None], 0)
        scatter = real.ravel().nonzero()[0]
        positions = scatter % self.shape[1]
        self.lengths, self.ids, self.first, self.positions, self.gather, self.scatter = map(
            torch.from_numpy, (lengths, ids, first, positions, gather, scatter)
        )
        self.mask = None if real.all() else torch.from_numpy(real)[:, None, None, :]
        self.types = None
        if len(seconds):
            starts = np.repeat(np.array(seconds), lengths)
            self.types = torch.from_numpy((positions >= starts).astype(np.int64))

    @property
    def tokens(self) -> int:
        """Number of real tokens, N."""
        return len(self.ids)

    def to(self, device: torch.device) -> "Packed":
        """The batch on a device: itself where that is the processor."""
        if device.type == "cpu":
            return self
        moved = copy(self)
        moved.bounds = F.pad(self.first, (0, 1), value=self.tokens).int()
        for name, value in vars(moved).items():
            if isinstance(value, Tensor):
                setattr(moved, name, value.to(device, non_blocking=True))
        return moved


def pack(features: list[Feature]) -> Packed:
    """All sequences of a batch's features."""
    return Packed(
        [ids for feature in features for ids in feature.sequences()],
        [start for feature in features for start in feature.seconds],
    )
