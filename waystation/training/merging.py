"""One encoder out of several that were trained apart from the same pretrained one.

    mean   the pretrained weights and the mean of all differences from them
    ties   TIES-Merging (Yadav et al. 2023, arXiv 2306.01708): of each difference only the largest
           entries; per weight the sign of their sum; the mean of the entries of that sign

The paper keeps a fifth of all entries and adds the merged difference once. Here the fifth is of
those entries that a training moved: most word embeddings of a multilingual vocabulary stay as they
were, and would leave nothing else to trim.
"""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import torch
from torch import Tensor

from waystation.base.progress import progress
from waystation.encoder.checkpoint import read_encoder, stored_names, write_encoder

KEPT = 0.2  # share of the entries that a training moved

Trim = Callable[[list[Tensor]], Tensor]


def merge(method: str, pretrained: Path, trained: list[Path], out: Path) -> None:
    """Write the encoder that `method` makes of those in the folders `trained`.

    The pretrained head of masked language modelling stays with the merged encoder.
    """
    from safetensors import safe_open

    encoder, head = read_encoder(pretrained)
    with ExitStack() as stack:
        files = [
            stack.enter_context(safe_open(folder / "model.safetensors", framework="pt"))
            for folder in trained
        ]
        own, names = encoder.state_dict(), stored_names(encoder, encoder.config)
        least = [threshold(own, names, file) for file in files] if method == "ties" else []
        for name in progress(own, len(own), f"merge by {method}", "tensors"):
            moves = [file.get_tensor(names[name]) - own[name] for file in files]
            own[name] += ties(moves, least) if least else mean(moves)
    encoder.load_state_dict(own)
    write_encoder(out, encoder, head)


def mean(moves: list[Tensor]) -> Tensor:
    return torch.stack(moves).mean(dim=0)


def ties(moves: list[Tensor], least: list[float]) -> Tensor:
    """Merge differences of one tensor; `least`: the smallest absolute value that each one keeps."""
    kept = torch.stack([move * (move.abs() >= low) for move, low in zip(moves, least, strict=True)])
    agrees = kept * kept.sum(dim=0).sign() > 0
    return (kept * agrees).sum(dim=0) / agrees.sum(dim=0).clamp(min=1)


def threshold(own: dict[str, Tensor], names: dict[str, str], file) -> float:
    """The absolute value that a share KEPT of the moved entries of a training reaches."""
    moved = []
    for name, tensor in own.items():
        move = (file.get_tensor(names[name]) - tensor).abs()
        moved.append(move[move > 0])
    every = torch.cat(moved)
    if not len(every):
        return 0.0
    first = max(1, round((1 - KEPT) * len(every)))
    return float(every.kthvalue(first).values)
