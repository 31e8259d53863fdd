"""This process: its parent, its scratch folder."""

import ctypes
import os
import signal
import sys
from pathlib import Path

SCRATCH = ".scratch"
PR_SET_PDEATHSIG = 1


def scratch_root() -> Path:
    """The scratch folder, shared with the temporary copies in which DVC runs experiments."""
    return Path(os.environ.get("DVC_ROOT", ".")) / SCRATCH


def report_file(suite: str) -> Path:
    """Where the stage `report` writes its tables, for who ran the suite."""
    return scratch_root() / f"report-{suite}.txt"


def end_with_parent(parent: int | None = None) -> None:
    """Ask for SIGTERM when the thread that started this process ends.

    A `parent` that has ended before the kernel was asked ends this process now.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if parent is not None and os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)
