"""Turn a pickled checkpoint into safetensors, in a process of its own.

    python -m waystation.fetched.unpickle pytorch_model.bin model.safetensors

torch's restricted unpickler makes tensors and plain containers and refuses to call anything else;
what it refuses is not converted. Nothing else of this project unpickles.
"""

import re
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file

ASKED = re.compile(r"GLOBAL ([\w.]+)")  # in torch's text: what the file wants called


def reason(problem: Exception) -> str:
    """Why a file is refused, without torch's advice to load it in another way."""
    if asked := ASKED.search(str(problem)):
        return f"it asks for {asked[1]}; allowed: tensors and plain containers"
    return f"it is cut, or no checkpoint of torch ({type(problem).__name__})"


def convert(source: Path, out: Path) -> None:
    """Write the tensors of a checkpoint; SystemExit says in a line why one is refused."""
    try:
        state = torch.load(source, map_location="cpu", weights_only=True)
    except Exception as problem:  # whatever it is, the file is not taken
        raise SystemExit(reason(problem)) from None
    if not isinstance(state, dict):
        raise SystemExit(f"a {type(state).__name__}, not named tensors")
    odd = [str(name) for name, value in state.items() if not isinstance(value, torch.Tensor)]
    if odd:
        raise SystemExit(f"not a tensor: {', '.join(odd[:5])}")
    # Tied tensors share memory, which safetensors refuses: each gets its own.
    try:
        save_file({name: tensor.clone().contiguous() for name, tensor in state.items()}, out)
    except Exception as problem:  # a full disk is none of Python's errors here
        raise SystemExit(f"{out} cannot be written: {problem}") from None


if __name__ == "__main__":
    convert(*map(Path, sys.argv[1:]))
