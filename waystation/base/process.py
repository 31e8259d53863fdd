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


def end_with_parent() -> None:
    """Ask for SIGTERM when the thread that started this process ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
