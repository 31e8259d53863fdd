"""AdamW of an embedding table of which each step's gradient names few rows: equal to the bit.

A row without any gradient so far has no moments: its update is the decay alone. Moments are kept
for the other rows only, and only those go through the whole update, at every step: their moments
move them on without a gradient too.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn

# AdamW of (parameter, gradient, first moment, second moment), in place.
Update = Callable[[Tensor, Tensor, Tensor, Tensor], None]


class Table:
    """The moments of a table (V, d): `rows` (A,) had a gradient, in the order of their first one.

    `first` and `second` are (A, d). A gradient of all rows, as the tied decoder of masked language
    modelling has, makes the table an ordinary parameter.
    """

    def __init__(self, parameter: nn.Parameter):
        self.parameter = parameter
        none = torch.empty(0, dtype=torch.int64)
        self.restore(none, *parameter.new_empty(2, 0, parameter.shape[1]))

    def restore(self, rows: Tensor, first: Tensor, second: Tensor) -> None:
        """Take the rows and moments of a checkpoint."""
        self.rows, self.first, self.second = rows, first.detach(), second.detach()
        self.slots = torch.full((len(self.parameter),), -1)  # row -> its number in `rows`, or -1
        self.slots[rows] = torch.arange(len(rows))
        self.whole = torch.equal(rows, torch.arange(len(self.parameter)))

    def state(self) -> dict[str, Tensor]:
        return {"rows": self.rows, "first": self.first, "second": self.second}

    def step(self, update: Update, keep: float) -> None:
        """Update all rows; `keep` is the factor of the decay."""
        gradient = self.parameter.grad
        assert gradient is not None
        if not gradient.is_sparse and not self.whole:
            self.spread()
        if self.whole:
            update(self.parameter, gradient.to_dense(), self.first, self.second)
            return
        gradient = gradient.coalesce()
        (touched,) = gradient.indices()
        self.hold(touched[self.slots[touched] < 0])
        current = self.parameter.index_select(0, self.rows)
        slopes = torch.zeros_like(current).index_copy_(0, self.slots[touched], gradient.values())
        update(current, slopes, self.first, self.second)
        if keep != 1:
            self.parameter.mul_(keep)
        self.parameter.index_copy_(0, self.rows, current)

    def hold(self, new: Tensor) -> None:
        """Moments of zero for rows that have their first gradient."""
        if len(new):
            self.slots[new] = torch.arange(len(self.rows), len(self.rows) + len(new))
            zeros = self.first.new_zeros(len(new), self.first.shape[1])
            self.rows = torch.cat([self.rows, new])
            self.first, self.second = (
                torch.cat([self.first, zeros]),
                torch.cat([self.second, zeros]),
            )

    def spread(self) -> None:
        """Moments for every row, in the table's order."""
        moments = [
            torch.zeros_like(self.parameter).index_copy_(0, self.rows, held)
            for held in (self.first, self.second)
        ]
        self.restore(torch.arange(len(self.parameter)), *moments)
