"""Progress of long work: a bar with a rate and an estimate on a terminal, sparse lines in a log."""

import sys
from collections.abc import Iterable

from tqdm import tqdm


def progress(steps: Iterable, total: int | None, what: str, unit: str, start: int = 0) -> tqdm:
    """Wrap an iterable; `start` says how many of `total` an earlier run has done."""
    terminal = sys.stderr.isatty()
    return tqdm(
        steps,
        desc=what,
        total=total,
        unit=f" {unit}",
        initial=start,
        mininterval=0.2 if terminal else 15,
        delay=0 if terminal else 5,
        dynamic_ncols=terminal,
        leave=False,
    )
