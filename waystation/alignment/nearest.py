"""Nearest neighbours between two pools of vectors, both ways in one pass, in bounded memory.

The product of the pools is walked in square tiles, and a tile serves both directions. Looking at a
tile costs little beside its product: of every 64 of its cells the highest is found first, and only
rows in which one of these is nearer than what is known are looked into; after some tiles few are.

Memory, beside the pools themselves, is at most 16 c + 16 d sqrt(c) + 12 k (n + m) bytes: c cells in
a tile (at least (64 k)^2), d dimensions, k neighbours, n and m vectors. For 400,000 by 500,000
vectors of 768 dimensions and k = 4 that is 0.36 GB. The pools may be memory-mapped files: the
system can take back what was read of them.
"""

from dataclasses import dataclass
from math import isqrt

import torch
from torch import Tensor
from torch.nn import functional as F

from waystation.base.errors import UserError
from waystation.base.progress import progress

CELLS = 2**24  # similarities that are held at once: the pools' whole product never is
ROWS = 2**16  # vectors that are checked at once
WIDTH = 64  # cells of a row whose highest is looked at first


class Best:
    """The k highest values of each row so far, and their columns; equal ones: the lowest column.

    values, places (n, k), highest first.
    """

    def __init__(self, rows: int, k: int, device: torch.device):
        self.values = torch.full((rows, k), -torch.inf, device=device)
        self.places = torch.zeros((rows, k), dtype=torch.int64, device=device)
        self.offsets = torch.arange(WIDTH, device=device)

    def look(self, parts: Tensor, highest: Tensor, row: int, column: int) -> None:
        """Take in a tile, parts (a, p, WIDTH) and their `highest` (a, p); columns must not go back.

        Its first cell is at (row, column).
        """
        values, places = (t[row : row + len(parts)] for t in (self.values, self.places))
        k = values.shape[1]
        rows = (highest.amax(1) > values[:, -1]).nonzero().squeeze(1)
        if not len(rows):
            return
        # The k highest of a row are in those k parts whose highest are the highest.
        chosen = highest[rows].sort(dim=1, descending=True, stable=True).indices[:, :k]
        chosen = chosen.sort(dim=1).values
        candidates = parts[rows[:, None], chosen].flatten(1)
        columns = (chosen[:, :, None] * WIDTH + self.offsets).flatten(1) + column
        candidates = torch.cat([values[rows], candidates], 1)
        columns = torch.cat([places[rows], columns], 1)
        for rank in range(k):
            best, where = candidates.max(1, keepdim=True)  # of equal ones the first
            values[rows, rank] = best.squeeze(1)
            places[rows, rank] = columns.gather(1, where).squeeze(1)
            candidates.scatter_(1, where, -torch.inf)


@dataclass(frozen=True)
class Neighbours:
    """Of every x its k nearest y, (n, k), of every y its k nearest x, (m, k): values and places."""

    there: Tensor
    there_places: Tensor
    back: Tensor
    back_places: Tensor

    def means(self) -> tuple[Tensor, Tensor]:
        """Mean value to the neighbours, of x (n,) and of y (m,), for the ratio margin."""
        return self.there.mean(1), self.back.mean(1)

    def cpu(self) -> "Neighbours":
        """The same, for the processor."""
        return Neighbours(*(tensor.cpu() for tensor in vars(self).values()))


def nearest(
    x: Tensor,
    y: Tensor,
    neighbours: int,
    means: tuple[Tensor, Tensor] | None = None,
    cells: int = CELLS,
    what: str = "",
) -> Neighbours:
    """The k nearest by cosine between x (n, d) and y (m, d); of a smaller pool, all of it.

    With the `means` of the cosines of an earlier call it is by ratio margin instead: cosine over
    the mean cosine to both sides' k nearest neighbours (Artetxe & Schwenk 2019, arXiv 1811.01136,
    equation 1); between two zero vectors, which have no neighbours, it is 0. `what` names a bar.
    The search runs where the pools are.
    """
    for pool in (x, y):
        hold_finite(pool)
    there = Best(len(x), min(neighbours, len(y)), x.device)
    back = Best(len(y), min(neighbours, len(x)), x.device)
    side = max(1, isqrt(cells))
    # New for each tile it costs half a product.
    room = torch.empty(min(side, len(x)) * min(side, len(y)), device=x.device)
    starts = [(i, j) for i in range(0, len(x), side) for j in range(0, len(y), side)]
    for i, j in progress(starts, len(starts), what, "tiles") if what else starts:
        if j == 0:
            rows = F.normalize(x[i : i + side], dim=1)
        columns = F.normalize(y[j : j + side], dim=1)
        tile = room[: len(rows) * len(columns)].view(len(rows), len(columns))
        torch.mm(rows, columns.T, out=tile)
        if means is not None:
            sums = means[0][i : i + side, None] + means[1][None, j : j + side]
            tile = tile.mul_(2).div_(sums).nan_to_num_(nan=0.0)
        look_both_ways(tile, there, back, i, j)
    return Neighbours(there.values, there.places, back.values, back.places)


def hold_finite(pool: Tensor) -> None:
    """Refuse vectors (n, d) of which one is not finite; a sum shows it in one pass."""
    for start in range(0, len(pool), ROWS):
        rows = pool[start : start + ROWS]
        if not torch.isfinite(rows.sum()):
            bad = (~torch.isfinite(rows)).any(1).nonzero()
            if len(bad):
                first = start + int(bad[0])
                raise UserError(f"vector {first} of {len(pool):,} is not finite; nothing is near")


def look_both_ways(tile: Tensor, there: Best, back: Best, row: int, column: int) -> None:
    """Take in a tile (a, b) as rows and as columns; each way runs along the memory."""
    a, b = tile.shape
    if a % WIDTH or b % WIDTH:
        tile = F.pad(tile, (0, -b % WIDTH, 0, -a % WIDTH), value=-torch.inf)
    parts = tile[:a].unflatten(1, (-1, WIDTH))
    there.look(parts, parts.amax(2), row, column)
    parts = tile[:, :b].unflatten(0, (-1, WIDTH))
    back.look(parts.permute(2, 0, 1), parts.amax(1).T, column, row)
