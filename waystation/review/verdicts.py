"""What a review concludes: a line for a reader in haste, and a gate for a machine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from waystation.base.errors import choose
from waystation.report.intervals import ERROR, holm
from waystation.review.scored import Moved, Scored


@dataclass(frozen=True)
class Counts:
    """How many paired differences lie beyond their intervals; `kept`: after Holm's correction."""

    compared: int
    worse: int
    better: int
    kept: int | None
    one_seed: bool

    @property
    def by_chance(self) -> float:
        """How many would, if nothing had changed but the draw of rows and seeds."""
        return ERROR * self.compared


def marked(moved: Sequence[Moved]) -> set[int] | None:
    """The indices that pass Holm's correction; None where no difference is over several seeds."""
    p_values = {index: row.difference.p_value for index, row in enumerate(moved)}
    return holm(p_values) if any(p is not None for p in p_values.values()) else None


def counts(moved: Sequence[Moved]) -> Counts:
    kept = marked(moved)
    return Counts(
        compared=len(moved),
        worse=sum(row.is_worse for row in moved),
        better=sum(row.is_better for row in moved),
        kept=None if kept is None else len(kept),
        one_seed=any(row.seeds == 1 for row in moved),
    )


def line(suite: str, scored: Scored) -> str:
    """The first line of a suite's review."""
    if not scored.moved:
        if scored.same:
            return f"**{suite}: no score moved**; all {len(scored.same)} have the same predictions"
        return f"**{suite}: nothing to compare**"
    found = counts(scored.moved)
    text = (
        f"**{suite}: {found.worse} of {found.compared} moved scores worse, {found.better} better** "
        f"beyond their 95 % intervals; chance alone would make about {found.by_chance:.1f}"
    )
    if found.kept is not None:
        text += f"; {found.kept} after Holm's correction"
    return text + f"; {len(scored.same)} scores have the same predictions"


def failures(
    margins: Mapping[str, float], moved: Sequence[Moved], tasks: Sequence[str]
) -> list[str]:
    """What the gate refuses: falls beyond a task's margin whose interval lies below zero."""
    for name in margins:
        choose(name, tasks, "task in review_margins")
    return [
        f"{row.model}/{row.recipe}: {row.task} fell by {-row.difference.value:.1f} points "
        f"{row.difference.signed()}, more than {margins[row.task]:g}"
        for row in moved
        if row.task in margins and row.is_worse and -row.difference.value > margins[row.task]
    ]
