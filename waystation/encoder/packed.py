"""A batch without padding."""

from collections.abc import Sequence
from copy import copy
from itertools import chain
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F


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
