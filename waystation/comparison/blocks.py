"""Measure systems in mirrored blocks until every comparison with the first one is decided.

A block runs A B C C B A: each system twice, at the same mean time, so that a linear drift cancels
in every pair. A system all of whose comparisons are decided is left out of the next block.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from waystation.comparison.decisions import LOOKS, UNDECIDED, Verdict, decide
from waystation.comparison.ratios import Ratio, log_ratios, over_blocks

Speeds = Mapping[str, float]  # what one run of a system measures, by name; more is faster
Comparison = tuple[str, str]  # system, name of a speed


@dataclass
class Blocks:
    """What has been measured: `values[system][name]` has a pair of speeds a block.

    `numbers[system]`: in which blocks the system ran.
    """

    systems: Sequence[str]
    values: dict[str, dict[str, list[tuple[float, float]]]] = field(default_factory=dict)
    numbers: dict[str, list[int]] = field(default_factory=dict)

    def add(self, number: int, runs: Mapping[str, Sequence[Speeds]]) -> None:
        """The two runs of each system in a block."""
        for system, (first, second) in runs.items():
            self.numbers.setdefault(system, []).append(number)
            for name in first:
                pairs = self.values.setdefault(system, {}).setdefault(name, [])
                pairs.append((first[name], second[name]))

    def log_ratios(self, comparison: Comparison) -> np.ndarray:
        """Of a system's speed to the first one's, of each block that both ran in."""
        system, name = comparison
        places = {number: place for place, number in enumerate(self.numbers[self.systems[0]])}
        base = self.values[self.systems[0]][name]
        both = [base[places[n]] for n in self.numbers[system]]
        return log_ratios(both, self.values[system][name])

    def ratio(self, comparison: Comparison) -> Ratio:
        return over_blocks(self.log_ratios(comparison))

    def comparisons(self) -> list[Comparison]:
        return [(system, name) for system in self.systems[1:] for name in self.values[system]]


def mirrored(systems: Sequence[str]) -> list[str]:
    """The order of a block's runs."""
    return [*systems, *reversed(systems)]


@dataclass(frozen=True)
class Outcome:
    """The verdicts on all comparisons, the blocks, and why the measurement ended."""

    verdicts: dict[Comparison, Verdict]
    blocks: Blocks
    ended: str


def measure(
    systems: Sequence[str],
    run: Callable[[str], Speeds],
    margin: float,
    budget_sec: float,
    looks: Sequence[int] = LOOKS,
    clock: Callable[[], float] = time.monotonic,
) -> Outcome:
    """Run blocks until all comparisons are decided, the looks are used up or time is.

    No block begins that would end after the budget, as long as the longest so far.
    """
    blocks, verdicts, began = Blocks(systems), dict[Comparison, Verdict](), clock()
    for number in blocks_within(looks[-1], budget_sec, clock, began):
        running = [s for s in systems if s == systems[0] or undecided(s, verdicts, blocks)]
        blocks.add(number, run_block(running, run))
        if number + 1 in looks:
            verdicts |= look(blocks, verdicts, margin, len(looks))
            if all(verdict.said != UNDECIDED for verdict in verdicts.values()):
                return Outcome(verdicts, blocks, "all comparisons are decided")
    done = len(blocks.numbers.get(systems[0], []))
    if done >= 2 and done not in looks:  # time is over: the next look, early
        verdicts |= look(blocks, verdicts, margin, len(looks))
    why = "the last look" if done == looks[-1] else "the budget of time"
    return Outcome(verdicts, blocks, f"{why} was reached")


def blocks_within(
    most: int, budget_sec: float, clock: Callable[[], float], began: float
) -> Iterator[int]:
    """Numbers of blocks for which there is time."""
    longest = 0.0
    for number in range(most):
        started = clock()
        if started - began + longest > budget_sec:
            return
        yield number
        longest = max(longest, clock() - started)


def run_block(systems: Sequence[str], run: Callable[[str], Speeds]) -> dict[str, list[Speeds]]:
    runs: dict[str, list[Speeds]] = {}
    for system in mirrored(systems):
        runs.setdefault(system, []).append(run(system))
    return runs


def undecided(system: str, verdicts: Mapping[Comparison, Verdict], blocks: Blocks) -> bool:
    """Whether a system has a comparison without a verdict."""
    names = blocks.values.get(system, {})
    said = [verdicts[system, name].said for name in names if (system, name) in verdicts]
    return not said or UNDECIDED in said


def look(
    blocks: Blocks, verdicts: Mapping[Comparison, Verdict], margin: float, looks: int
) -> dict[Comparison, Verdict]:
    """New verdicts on the comparisons that have none; Holm's correction counts all of them."""
    settled = {key for key, verdict in verdicts.items() if verdict.said != UNDECIDED}
    every = {key: blocks.ratio(key) for key in blocks.comparisons()}
    decided = decide(every, margin, looks)
    return {key: verdict for key, verdict in decided.items() if key not in settled}
