"""Where a training reads and writes, and on what it computes."""

from dataclasses import dataclass
from pathlib import Path

from waystation.encoder.device import Machine
from waystation.params.schema import Evaluate


@dataclass(frozen=True)
class Workplace:
    """`title` names the cell in progress bars and errors: its model, its recipe.

    tasks: folder of the examples of all tasks; tokenizer: folder with a tokenizer.json; scratch:
    folder for checkpoints; inference: how development rows are scored.
    """

    title: str
    tasks: Path
    tokenizer: Path
    scratch: Path
    machine: Machine
    inference: Evaluate
