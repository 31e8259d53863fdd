"""Progress of long work: a bar with a rate and an estimate on a terminal, sparse lines in a log."""

import sys
from collections.abc import Iterable
from typing import Any

from tqdm import tqdm


class Lines(tqdm):
    """A bar that writes a line each time, where nothing can be overwritten."""

    @staticmethod
    def status_printer(file):
        def write(text: str) -> None:
            if text:
                file.write(f"{text}\n")
                file.flush()

        return write

    def close(self) -> None:
        """Write nothing more: what has been made is told elsewhere."""
        self.disable = True


def progress(
    steps: Iterable | None, total: int | None, what: str, unit: str, start: int = 0
) -> tqdm:
    """Wrap an iterable; `start` says how many of `total` an earlier run has done.

    Bytes, of the unit `B`, are told in kB, MB and GB.
    """
    shared: dict[str, Any] = {"desc": what, "total": total, "initial": start, "leave": False}
    shared |= {"unit": unit, "unit_scale": True} if unit == "B" else {"unit": f" {unit}"}
    if sys.stderr.isatty():
        return tqdm(steps, mininterval=0.2, dynamic_ncols=True, **shared)
    # With fewer looks at the clock than steps, tqdm's monitor would repeat the lines of slow steps.
    return Lines(steps, mininterval=15, miniters=1, delay=5, ncols=100, position=0, **shared)
