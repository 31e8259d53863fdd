"""Where a stage computes, and how precisely: processor threads or a CUDA card.

`float32` is the same arithmetic on both. With `bfloat16` the encoder's products and attention are
in bfloat16 (torch's autocast); weights, optimiser, sums of norms, heads and losses stay in float32.
"""

import os
from typing import Protocol, TypeVar

import torch
from torch import nn

from waystation.base.errors import UserError
from waystation.encoder.encoder import Encoder

Module = TypeVar("Module", bound=nn.Module)

# What cuBLAS needs to give the same bytes twice; read when the first product is made.
WORKSPACE = {"CUBLAS_WORKSPACE_CONFIG": ":4096:8"}


class Machine(Protocol):
    """What a suite's parameters say of the machine; `file` is where they stand."""

    @property
    def file(self) -> str: ...
    @property
    def threads(self) -> int: ...
    @property
    def device(self) -> str: ...
    @property
    def precision(self) -> str: ...


def use(machine: Machine) -> None:
    """Have this process compute as a suite says; raises UserError where no card is to be found."""
    torch.set_num_threads(machine.threads)  # another number gives other last digits
    if machine.device == "cuda":
        if not torch.cuda.is_available():
            raise UserError(
                f"{machine.file}: device: cuda, but torch {torch.__version__} finds no CUDA card; "
                "on the processor: device: cpu"
            )
        os.environ.update(WORKSPACE)
        torch.use_deterministic_algorithms(True)
        # Nothing here reads memory that nobody has written.
        setattr(torch.utils.deterministic, "fill_uninitialized_memory", False)  # noqa: B010  untyped


def place(module: Module, machine: Machine) -> Module:
    """Bring a module to the suite's device, its encoder to the suite's precision."""
    for part in module.modules():
        if isinstance(part, Encoder):
            part.precision = getattr(torch, machine.precision)
    return module.to(machine.device)


def wait(machine: Machine) -> None:
    """Return when what was started on the card is done."""
    if machine.device == "cuda":
        torch.cuda.synchronize()


def card(machine: Machine) -> dict[str, str]:
    """{"card": its name} where the suite computes on one."""
    return {"card": torch.cuda.get_device_name()} if machine.device == "cuda" else {}
