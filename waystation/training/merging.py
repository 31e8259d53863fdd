"""One encoder out of several that were trained apart from the same pretrained one.

    mean   the pretrained weights and the mean of all differences from them
    ties   TIES-Merging (Yadav et al. 2023, arXiv 2306.01708): of each difference only the largest
           fifth; per weight the sign of their sum; the mean of the differences of that sign

The fifth is of each tensor, not of all weights together. Weight decay moves the whole table of
words, most of a multilingual encoder, and training just a few of its rows.
"""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import torch
from torch import Tensor

from waystation.base.progress import progress
from waystation.encoder.checkpoint import read_encoder, stored_names, write_encoder

KEPT = 0.2  # share of a tensor's entries


def merge(method: str, pretrained: Path, trained: list[Path], out: Path) -> None:
    """Write the encoder that `method` makes of those in the folders `trained`.

    The pretrained head of masked language modelling stays with the merged encoder.
    """
    from safetensors import safe_open

    encoder, head = read_encoder(pretrained)
    own, names = encoder.state_dict(), stored_names(encoder, encoder.config)
    with ExitStack() as stack:
        files = [
            stack.enter_context(safe_open(folder / "model.safetensors", framework="pt"))
            for folder in trained
        ]
        for name in progress(own, len(own), f"merge by {method}", "tensors"):
            moves = [file.get_tensor(names[name]) - own[name] for file in files]
            own[name] += METHODS[method](moves)  # in place: the encoder's own weights
    write_encoder(out, encoder, head)


def mean(moves: list[Tensor]) -> Tensor:
    return torch.stack(moves).mean(dim=0)


def ties(moves: list[Tensor]) -> Tensor:
    """What the differences of one tensor come to."""
    kept = torch.stack([move * (move.abs() >= threshold(move)) for move in moves])
    agrees = kept * kept.sum(dim=0).sign() > 0
    return (kept * agrees).sum(dim=0) / agrees.sum(dim=0).clamp(min=1)


def threshold(move: Tensor) -> Tensor:
    """The absolute value that a share KEPT of the entries reach, one entry at least."""
    n = move.numel()
    return move.abs().flatten().kthvalue(n - max(1, round(KEPT * n)) + 1).values


METHODS: dict[str, Callable[[list[Tensor]], Tensor]] = {"mean": mean, "ties": ties}
