"""Dropout on the processor with cheap random numbers.

torch draws a double for each number there, which takes as long as a matrix product of BERT's width
over 300 rows. Here four numbers share one draw of 64 bits of torch's generator: 16 bits each, kept
where they reach a threshold. So a rate is a multiple of 1 / 65,536, and the scale is exact for it.
On a card torch's own dropout stays.
"""

import torch
from torch import Tensor, nn

LEVELS = 2**16


def dropped(rate: float) -> int:
    """How many of the LEVELS are dropped: never all."""
    return min(round(rate * LEVELS), LEVELS - 1)


def scale(rate: float) -> float:
    """What makes up for what is dropped."""
    return LEVELS / (LEVELS - dropped(rate))


def draw(count: int) -> Tensor:
    """Random numbers (count,), int16, uniform, from torch's generator."""
    return (
        torch.empty(-(-count // 4), dtype=torch.int64)
        .random_(-(2**63), None)
        .view(torch.int16)[:count]
    )


def kept(draws: Tensor, rate: float, out: Tensor | None = None) -> Tensor:
    """1.0 where a number is kept, else 0.0, float32 in the shape of `draws`."""
    out = torch.empty(draws.shape) if out is None else out
    return torch.ge(draws, dropped(rate) - LEVELS // 2, out=out)


def drop(x: Tensor, dropout: nn.Dropout) -> Tensor:
    """What `dropout` does."""
    if not draws_here(x, dropout):
        return dropout(x)
    return x * kept(draw(x.numel()), dropout.p).mul_(scale(dropout.p)).view_as(x)


def drop_and_add(x: Tensor, dropout: nn.Dropout, residual: Tensor) -> Tensor:
    """dropout(x) + residual, in one pass."""
    if not draws_here(x, dropout) or residual.dtype != x.dtype:
        return dropout(x) + residual
    keep = kept(draw(x.numel()), dropout.p).view_as(x)
    return torch.addcmul(residual, x, keep, value=scale(dropout.p))


def draws_here(x: Tensor, dropout: nn.Dropout) -> bool:
    plain = x.device.type == "cpu" and x.dtype == torch.float32
    return plain and dropout.training and dropout.p > 0
