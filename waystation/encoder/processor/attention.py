"""Attention of large models on the processor, over real tokens alone, with its way back.

A padded grid costs memory, masks and products for tokens that are not there, and torch's own
attention with dropout keeps five such grids on the processor. Here each sequence has products of
its own, which stay in the cache; both ways are written out (Vaswani et al. 2017, arXiv 1706.03762,
section 3.2.1). What is kept for the way back: h * s * s probabilities for s tokens and h heads.
"""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from waystation.encoder.processor.dropout import draw, kept, scale

LEAST_WIDTH = 256  # below it the calls of torch take longer than a sequence's products


def suits(grid: Tensor) -> bool:
    """Whether `attend` is the faster way for projections (N, 3d): in training, on the processor."""
    plain = grid.device.type == "cpu" and grid.dtype == torch.float32
    return plain and grid.requires_grad and grid.shape[1] >= 3 * LEAST_WIDTH


def attend(grid: Tensor, lengths: list[int], heads: int, dropout: float) -> Tensor:
    """Contexts (N, d) of queries, keys and values (N, 3d), sequences of `lengths` end to end."""
    return Attention.apply(grid, lengths, heads, dropout)


def by_head(rows: Tensor, lengths: list[int], heads: int, width: int) -> Iterator[Tensor]:
    """Each sequence of rows (N, n * d), as a view of shape (n, h, s, d / h)."""
    split = rows.view(len(rows), -1, heads, width // heads)
    return (sequence.permute(1, 2, 0, 3) for sequence in split.split(lengths))


class Attention(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, grid: Tensor, lengths: list[int], heads: int, dropout: float) -> Tensor:
        width = grid.shape[1] // 3
        sizes = [heads * length**2 for length in lengths]
        context, scratch = grid.new_empty(len(grid), width), grid.new_empty(max(sizes))
        probabilities = grid.new_empty(sum(sizes))
        draws = draw(sum(sizes)) if dropout else torch.empty(0, dtype=torch.int16)
        flat = zip(probabilities.split(sizes), split(draws, sizes), strict=True)
        queries = grid[:, :width] * (width // heads) ** -0.5
        rows = (by_head(part, lengths, heads, width) for part in (queries, grid, context))
        for (query, projected, result), (kept_flat, drawn) in zip(
            zip(*rows, strict=True), flat, strict=True
        ):
            _, key, value = projected
            weights = kept_flat.view(heads, -1, key.shape[1])
            torch.bmm(query[0], key.transpose(1, 2), out=weights)
            torch.softmax(weights, -1, out=weights)
            if dropout:
                keep = kept(drawn, dropout, scratch[: len(drawn)])
                weights = keep.view_as(weights).mul_(weights)
            result[0].copy_(torch.bmm(weights, value))
        ctx.save_for_backward(grid, probabilities, draws)
        ctx.shape = lengths, sizes, heads, dropout
        return context.mul_(scale(dropout)) if dropout else context

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None, None]:
        grid, probabilities, draws = ctx.saved_tensors
        lengths, sizes, heads, dropout = ctx.shape
        width = grid.shape[1] // 3
        result, factor = torch.empty_like(grid), (width // heads) ** -0.5
        first, second = grid.new_empty(2, max(sizes))
        flat = zip(probabilities.split(sizes), split(draws, sizes), strict=True)
        parts = (grid[:, :width] * factor, grid, gradient * scale(dropout), result)
        rows = (by_head(part, lengths, heads, width) for part in parts)
        for (query, projected, given, out), (kept_flat, drawn) in zip(
            zip(*rows, strict=True), flat, strict=True
        ):
            _, key, value = projected
            weights = passed = kept_flat.view(heads, -1, key.shape[1])
            slope = first[: len(kept_flat)].view_as(weights)
            torch.bmm(given[0], value.transpose(1, 2), out=slope)
            if dropout:
                passed = kept(drawn, dropout, second[: len(drawn)]).view_as(weights)
                slope.mul_(passed)
                passed.mul_(weights)
            out[2].copy_(torch.bmm(passed.transpose(1, 2), given[0]))
            torch.ops.aten._softmax_backward_data.out(
                slope, weights, -1, slope.dtype, grad_input=slope
            )
            out[0].copy_(torch.bmm(slope, key))
            out[1].copy_(torch.bmm(slope.transpose(1, 2), query[0]))
        result[:, :width].mul_(factor)
        return result, None, None, None


def split(draws: Tensor, sizes: list[int]) -> Iterator[Tensor]:
    """Each sequence's draws; empty ones where nothing is dropped."""
    return iter(draws.split(sizes)) if len(draws) else iter([draws] * len(sizes))
