"""What a run says at its end: how many stages ran, which failed, why, and how to repeat them."""

import os
import re
import shlex
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from waystation.base.process import scratch_root
from waystation.runner.display import duration


@dataclass(frozen=True)
class Outcome:
    """A run that has ended."""

    suite: str
    file: Path  # the suite's dvc.yaml
    stages: int  # that were asked for, with what they need
    ran: dict[str, float]  # seconds of each that ran
    failed: list[str]
    skipped: list[str]  # as they need one that failed
    wall_sec: float

    def __str__(self) -> str:
        untouched = self.stages - len(self.ran) - len(self.failed) - len(self.skipped)
        summed = sum(self.ran.values())
        lines = [
            f"{self.suite}: {len(self.ran)} of {self.stages} stages ran, {untouched} were up to "
            f"date, in {duration(self.wall_sec)}; one after another they took {duration(summed)} "
            f"({summed / self.wall_sec:.2f} at a time)"
        ]
        return "\n".join([*lines, *self.failures()])

    def failures(self) -> Iterator[str]:
        """Lines on what failed; stages with the same reason stand together."""
        if not self.failed:
            return
        yield f"\n{len(self.failed)} failed:"
        alike: dict[str, list[str]] = {}
        for stage in self.failed:
            alike.setdefault(reason(log_file(self.suite, stage)), []).append(stage)
        for text, (stage, *others) in alike.items():
            yield f"  {stage}"
            yield f"    log:    {log_file(self.suite, stage)}"
            yield f"    repeat: {repeat(self.file, stage)}"
            yield from (f"    | {line}" for line in text.splitlines())
            if others:
                yield f"    {len(others)} more for the same reason, with the like command:"
                yield from (f"      {other}, log {log_file(self.suite, other)}" for other in others)
        if self.skipped:
            yield f"{len(self.skipped)} skipped, as they need one of these:"
            yield f"  {' '.join(self.skipped)}"


def address(file: Path, stage: str) -> str:
    """How DVC names a stage."""
    return f"{file}:{stage}"


def log_file(suite: str, stage: str) -> Path:
    """Where DVC's and the stage's output goes."""
    return scratch_root() / "logs" / suite / f"{stage.replace('/', '_')}.log"


def reason(log: Path) -> str:
    """Why a stage failed: its last error message, else the last lines of its log."""
    lines = log.read_text(errors="replace").splitlines()
    errors = [line for line in lines if re.match(r"\w+: error: ", line)]
    return "\n".join(errors[-1:] or lines[-3:])


def repeat(file: Path, stage: str) -> str:
    """The command that repeats one stage, for a shell with or without the environment."""
    name = stage if str(file) == "dvc.yaml" else address(file, stage)
    command = f"dvc --wait-for-lock repro --single-item {shlex.quote(name)}"
    if os.environ.get("VIRTUAL_ENV") == sys.prefix:
        return command
    return f'PATH={shlex.quote(str(Path(sys.executable).parent))}:"$PATH" {command}'
