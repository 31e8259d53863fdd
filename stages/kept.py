"""Finished parts of a stage's work that later runs find again: phases of a sequence, seeds.

They lie in the scratch folder, each under a digest of everything that it is made from, so that one
more seed, target or task costs just that one. Two processes that want the same part make it once:
the second waits for the first.
"""

import fcntl
import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

from stages.closure import closure
from stages.command import scratch_root
from stages.examples import Description

DONE = "made_from.json"


def part(kind: str, made_from: dict, make: Callable[[Path], None]) -> Path:
    """The folder of a finished part; `make(folder)` fills it where it is not there yet."""
    told = json.dumps(made_from, sort_keys=True)
    folder = scratch_root() / kind / hashlib.sha256(told.encode()).hexdigest()[:32]
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / DONE).is_file():
            make(folder)
            beside = folder / f".{DONE}.partial"
            beside.write_text(told)
            beside.rename(folder / DONE)
    return folder


def copy(folder: Path, out: Path, copy_function: Callable = shutil.copy2) -> None:
    """Copy a part without what marks it as finished."""
    ignored = shutil.ignore_patterns(DONE)
    shutil.copytree(folder, out, ignore=ignored, copy_function=copy_function)


def code_of(lines: list[str], tasks: list[Description]) -> list[str]:
    """A stage's code digests without the types and metrics that these tasks do not use."""
    keyed = {f"stages.types.{task.type}" for task in tasks}
    keyed |= {f"stages.scoring.{metric}" for task in tasks for metric in task.metrics}
    used, by_key = closure(sorted(keyed)), ("stages.types", "stages.scoring")
    return [line for line in lines if not line.startswith(by_key) or line.split()[0] in used]
