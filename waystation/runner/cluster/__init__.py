"""Stages on other machines: a job runs one stage in a checkout of its own, DVC here records it.

A job needs the clone's folder under the same path (a shared file system) and DVC's cache. The job
leaves a stage's outputs in that cache; here DVC finds them by its run cache, as if they had been
made here. So dvc.lock has one writer, and a job that is lost costs itself alone.

    slurm   submitit: arrays, requeued after preemption; without Slurm its jobs run on this machine
    ray     a Ray cluster that is there (RAY_ADDRESS), or one on this machine
"""

import importlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from waystation.base.errors import UserError, choose

PACKAGES = {"slurm": "submitit", "ray": "ray"}
NAMES = ("local", *PACKAGES)


@dataclass(frozen=True)
class Request:
    """One stage to run elsewhere, and what it needs there."""

    stage: str
    address: str  # as DVC names it
    upstream: tuple[str, ...]  # addresses of all stages that it needs, directly or not
    log: str
    cores: int = 1
    memory_gib: float = 4
    cards: int = 0
    minutes: int = 240


class Job(Protocol):
    """A stage that was sent away."""

    def ended(self) -> bool: ...

    def status(self) -> int | str:
        """Of an ended job: its stage's exit status, or why the job died before there was one."""


class Executor(Protocol):
    def submit(self, requests: Sequence[Request]) -> dict[str, Job]:
        """Send stages away; {stage: job}. What already runs elsewhere is not sent again."""


def import_path() -> str:
    """PYTHONPATH of a job: it imports this project."""
    before = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    return os.pathsep.join(dict.fromkeys([os.getcwd(), *filter(None, before)]))


def executor(name: str, suite: str, at_once: int) -> Executor | None:
    """The executor of a name; None for `local`, where stages run in this process's forks."""
    choose(name, NAMES, "executor", "--executor")
    if name == "local":
        return None
    try:
        importlib.import_module(PACKAGES[name])
    except ImportError:
        raise UserError(
            f"--executor {name} needs the package {PACKAGES[name]}, which is not installed: "
            f"pip install {PACKAGES[name]}"
        ) from None
    module = importlib.import_module(f"waystation.runner.cluster.{name}_jobs")
    return module.connect(suite, at_once)
