"""Where a stage computes, and how precisely: processor threads or a CUDA card.

`float32` is the same arithmetic on both. With `bfloat16` the encoder's products and attention are
in bfloat16 (torch's autocast); weights, optimiser, sums of norms, heads and losses stay in float32.
"""

import os
from typing import TypeVar

import torch
from torch import nn

from stages.encoder import Encoder
from stages.errors import UserError
from stages.settings import Settings

Placed = TypeVar("Placed", bound=nn.Module)

# What cuBLAS needs to give the same bytes twice; read when the first product is made.
WORKSPACE = {"CUBLAS_WORKSPACE_CONFIG": ":4096:8"}


def use(settings: Settings) -> None:
    """Have this process compute as a suite says; raises UserError where no card is to be found."""
    torch.set_num_threads(settings.threads)  # another number gives other last digits
    if settings.device == "cuda":
        if not torch.cuda.is_available():
            raise UserError(
                f"{settings.file}: device: cuda, but torch {torch.__version__} finds no CUDA card; "
                "on the processor: device: cpu"
            )
        os.environ.update(WORKSPACE)
        torch.use_deterministic_algorithms(True)
        torch.utils.deterministic.fill_uninitialized_memory = False  # nothing here reads any


def place(module: Placed, settings: Settings) -> Placed:
    """Bring a module to the suite's device, its encoder to the suite's precision."""
    for part in module.modules():
        if isinstance(part, Encoder):
            part.precision = getattr(torch, settings.precision)
    return module.to(settings.device)


def wait(settings: Settings) -> None:
    """Return when what was started on the card is done."""
    if settings.device == "cuda":
        torch.cuda.synchronize()


def card(settings: Settings) -> dict[str, str]:
    """{"card": its name} where the suite computes on one."""
    return {"card": torch.cuda.get_device_name()} if settings.device == "cuda" else {}
