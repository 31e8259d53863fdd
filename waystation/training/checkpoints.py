"""Checkpoints of a run that is under way, outside DVC's outputs; a killed run goes on from one.

Written beside and renamed, so that a checkpoint is whole or absent. Saving depends on the clock,
what is computed does not: a resumed run gives the bytes of an uninterrupted one. Where saving takes
long (7 GB in XLM-R large) it is done less often: it has a twentieth of the time.
"""

import os
import time
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from waystation.files import whole

SECONDS_BETWEEN = float(os.environ.get("CHECKPOINT_SECONDS", 20))
FILE = "training.safetensors"


class Checkpoint:
    """The state of one training, as named tensors, and the number of steps done."""

    def __init__(self, folder: Path):
        self.file = folder / FILE
        self.saved_at, self.took = time.monotonic(), 0.0

    def load(self) -> tuple[int, dict[str, torch.Tensor]] | None:
        """(steps done, tensors), or None; a file that is not whole is dropped."""
        if not self.file.is_file():
            return None
        try:
            tensors = load_file(self.file)
            return int(tensors.pop("step")), tensors
        except (SafetensorError, KeyError):
            self.file.unlink()
            return None

    def due(self) -> bool:
        return time.monotonic() - self.saved_at >= SECONDS_BETWEEN * max(1, self.took)

    def save(self, step: int, tensors: dict[str, torch.Tensor]) -> None:
        began = time.monotonic()
        held = {name: tensor.detach().contiguous() for name, tensor in tensors.items()}
        with whole(self.file) as beside:
            save_file(held | {"step": torch.tensor(step)}, beside)
        self.saved_at = time.monotonic()
        self.took = self.saved_at - began

    def remove(self) -> None:
        self.file.unlink(missing_ok=True)
