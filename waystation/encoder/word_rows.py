"""A trained model's word embeddings as what differs from those of the encoder it began with.

A multilingual table is most of a small model (96 of 118 million weights of a 384 wide one), and
English training names few of its rows. AdamW's decay shrinks the others by one factor: that factor
and the rows that were trained say the same in a fraction of the room.

    <table>.of       (32,) bytes: SHA-256 of the encoder's table (V, d)
    <table>.factor   (): what rows that are not stored are multiplied by
    <table>.rows     (A,): places of those that are stored, ascending
    <table>.values   (A, d)
"""

import hashlib
from pathlib import Path

import torch
from torch import Tensor

from waystation.base.errors import UserError

PARTS = ("of", "factor", "rows", "values")
# What may be lost of a weight: float32 rounds each step's decay, of a few units in the last place,
# so that weights lose up to half of it more or less than they should. A trained row moves by a
# hundred times as much in its first step.
LOST_OF_DECAY, LOST_OF_WEIGHT = 0.5, 1e-6


def apart(name: str, table: Tensor, base: Tensor) -> dict[str, Tensor]:
    """The parts of a table (V, d) beside its encoder's; the whole where that takes less room.

    A row whose every weight is that of the encoder times the factor, but for rounding, is not
    stored: it comes back within half of the decay.
    """
    if table.shape != base.shape:
        return {name: table}
    factor = typical_factor(table, base)
    lost = LOST_OF_DECAY * abs(1 - factor) + LOST_OF_WEIGHT
    untrained = ((table - base * factor).abs() <= lost * base.abs()).all(1)
    rows = (~untrained).nonzero().squeeze(1)
    if 2 * len(rows) > len(table):
        return {name: table}
    digest = torch.frombuffer(bytearray(checksum(base)), dtype=torch.uint8)
    return {
        f"{name}.of": digest,
        f"{name}.factor": torch.tensor(factor, dtype=torch.float64),
        f"{name}.rows": rows,
        f"{name}.values": table[rows],
    }


def typical_factor(table: Tensor, base: Tensor) -> float:
    """The median over rows of the factor that comes nearest to the row."""
    products, squares = (torch.linalg.vecdot(base, other) for other in (table, base))
    return float((products / squares)[squares > 0].median()) if squares.any() else 1.0


def whole(file: Path, name: str, tensors: dict[str, Tensor], base: Tensor | None) -> dict:
    """The tensors of a file with the table in the place of its parts, if it has parts.

    `base`: the table of the encoder that the model was trained from. Another one, or none, is
    refused.
    """
    keys = [f"{name}.{part}" for part in PARTS]
    if any(key not in tensors for key in keys):
        return tensors
    of, factor, rows, values = (tensors[key] for key in keys)
    if base is None:
        raise UserError(
            f"{file} holds of {name} what differs from its encoder's alone; "
            f"`python -m waystation export` joins the two"
        )
    if checksum(base) != of.numpy().tobytes():
        raise UserError(f"{file}: {name} was stored beside another encoder than the one given")
    if rows.numel() and not 0 <= int(rows.min()) <= int(rows.max()) < len(base):
        raise UserError(f"{file}: {name}.rows names a row that the table has not, of {len(base):,}")
    shapes = {"factor": (factor, ()), "values": (values, (rows.numel(), base.shape[1]))}
    for part, (tensor, shape) in shapes.items():
        if tensor.shape != shape:
            raise UserError(f"{file}: {name}.{part} has shape {tuple(tensor.shape)}, not {shape}")
    table = (base * float(factor)).index_copy_(0, rows, values)
    return {key: tensor for key, tensor in tensors.items() if key not in keys} | {name: table}


def checksum(table: Tensor) -> bytes:
    """SHA-256 of a table's numbers."""
    return hashlib.sha256(table.contiguous().numpy().data).digest()
