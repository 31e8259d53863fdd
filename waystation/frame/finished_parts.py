"""Finished parts of a stage's work that later runs find again: phases of a sequence, seeds.

They lie in the scratch folder, each under a digest of everything that it is made from, so that one
more seed, target or task costs just that one. Two processes that want the same part make it once:
the second waits for the first.
"""

import fcntl
import hashlib
import json
import shutil
from collections.abc import Callable, Collection
from pathlib import Path

from waystation.base.process import scratch_root
from waystation.files import whole
from waystation.frame.code_digest import closure

DONE = "made_from.json"


def part(kind: str, made_from: dict, make: Callable[[Path], None]) -> Path:
    """The folder of a finished part; `make(folder)` fills it where it is not there yet."""
    origin = json.dumps(made_from, sort_keys=True)
    folder = scratch_root() / kind / hashlib.sha256(origin.encode()).hexdigest()[:32]
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / DONE).is_file():
            make(folder)
            with whole(folder / DONE) as beside:
                beside.write_text(origin)
    return folder


def copy(folder: Path, out: Path, copy_function: Callable = shutil.copy2) -> None:
    """Copy a part without what marks it as finished."""
    ignored = shutil.ignore_patterns(DONE)
    shutil.copytree(folder, out, ignore=ignored, copy_function=copy_function)


def code_of(
    digests: Path, maker: str, types: Collection[str], metrics: Collection[str]
) -> list[str]:
    """Those of a stage's code digests that a part depends on.

    `maker` is the module that makes the part, of tasks of these kinds with these metrics.
    """
    keyed = {f"waystation.heads.{name}" for name in types}
    keyed |= {f"waystation.metrics.{name}" for name in metrics}
    used = closure([maker, *sorted(keyed)])
    return [line for line in digests.read_text().splitlines() if line.split()[0] in used]
