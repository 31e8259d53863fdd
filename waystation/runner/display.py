"""What a run shows: a live bar on a terminal, a line per finished stage in a log."""

import sys
from collections.abc import Callable

from tqdm import tqdm

MOST_NAMES = 4  # of running stages, in the bar


class Display:
    """The progress of `total` stages of the suite `name`."""

    def __init__(self, name: str, total: int):
        self.total = total
        self.bar = None
        if sys.stderr.isatty():
            self.bar = tqdm(
                total=total,
                bar_format="{desc}{n_fmt}/{total_fmt} |{bar:20}| {elapsed}{postfix}",
                desc=f"{name}: ",
                dynamic_ncols=True,
                leave=False,
            )

    def tick(
        self,
        done: int,
        seconds_left: Callable[[], float],
        running: list[str],
        waiting: int,
        failed: int,
    ) -> None:
        if self.bar is not None:
            self.bar.n = done
            more = " ..." if running[MOST_NAMES:] else ""
            parts = [
                left(seconds_left()),
                f"{len(running)} running: {', '.join(running[:MOST_NAMES])}{more}",
                f"{waiting} waiting",
            ]
            self.bar.set_postfix_str(
                " | ".join([*parts, *([f"{failed} failed"] if failed else [])])
            )

    def finished(self, line: str, done: int, seconds_left: Callable[[], float]) -> None:
        """Tell of a stage that has ended: on a terminal only of one that failed."""
        if self.bar is None:
            count = f"{done:{len(str(self.total))}}/{self.total}"
            print(f"[{count}] {line}  ({left(seconds_left())})", flush=True)
        elif line.startswith("FAILED"):
            self.bar.write(line)

    def close(self) -> None:
        if self.bar is not None:
            self.bar.close()


def left(seconds: float) -> str:
    return f"left about {duration(seconds)}"


def duration(seconds: float) -> str:
    """`4.2 s`, `3 min`, `2 h 5 min`: no more than can be meant."""
    if seconds < 60:
        return f"{seconds:.{1 if seconds < 10 else 0}f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 10:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
