"""One encoder out of several that were trained apart from the same pretrained one.

    mean   the pretrained weights and the mean of all differences from them
    ties   TIES-Merging (Yadav et al. 2023, arXiv 2306.01708): of each difference only the largest
           fifth; per weight the sign of their sum; the mean of the differences of that sign

The fifth is of each tensor, not of all weights together. Weight decay moves the whole table of
words, most of a multilingual encoder, and training just a few of its rows.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

import torch
from torch import Tensor

from waystation.base.progress import progress
from waystation.encoder.checkpoint import read_encoder, stored_names, write_encoder

KEPT = 0.2  # share of a tensor's entries
ENTRIES = 1 << 22  # of one tensor that are held at a time, of each encoder


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
            METHODS[method](own[name], [file.get_slice(names[name]) for file in files])
    write_encoder(out, encoder, head)


def mean(own: Tensor, trained: list[Tensor]) -> None:
    """Add to a pretrained tensor the mean of all differences of the trained ones."""
    for part in parts(own):
        own[part] += summed(one[part] - own[part] for one in trained) / len(trained)


def ties(own: Tensor, trained: list[Tensor]) -> None:
    """Add to a pretrained tensor what the differences of the trained ones come to."""
    least = [threshold(one[:] - own) for one in trained]
    for part in parts(own):
        moves = [one[part] - own[part] for one in trained]
        kept = [move * (move.abs() >= low) for move, low in zip(moves, least, strict=True)]
        sign = summed(kept).sign()
        agree = [(move * sign > 0).to(move.dtype) for move in kept]
        agreed = summed(move * where for move, where in zip(kept, agree, strict=True))
        own[part] += agreed / summed(agree).clamp(min=1)


def summed(tensors: Iterable[Tensor]) -> Tensor:
    """The sum in this order: torch's own depends on where in a tensor an entry stands."""
    return sum(tensors, start=torch.zeros(()))


def parts(tensor: Tensor) -> Iterator[slice]:
    """Rows of a tensor that have ENTRIES entries together, one after the other."""
    rows = max(1, ENTRIES * len(tensor) // tensor.numel())
    for first in range(0, len(tensor), rows):
        yield slice(first, first + rows)


def threshold(move: Tensor) -> float:
    """The absolute value that a share KEPT of the entries reach, one entry at least.

    Works in place: a table of words is most of an encoder.
    """
    values = move.abs_().flatten().numpy()
    place = values.size - max(1, round(KEPT * values.size))
    values.partition(place)
    return float(values[place])


METHODS: dict[str, Callable[[Tensor, list[Tensor]], None]] = {"mean": mean, "ties": ties}
