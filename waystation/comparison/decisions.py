"""Decide many comparisons as their blocks come in, and stop when all are decided.

The looks at the data are few and fixed beforehand, and share the error evenly (Bonferroni): who
looks often enough finds a difference somewhere. At each look Holm's correction goes over all
comparisons. A verdict stays: what is decided is measured no more.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from math import exp
from typing import TypeVar

from waystation.comparison.ratios import LARGEST, Ratio

ERROR = 0.05  # chance that any of the comparisons is called what it is not
LOOKS = (6, 9, 13, 19, 28, 40)  # blocks
FASTER, SLOWER, EQUAL, UNDECIDED = "faster", "slower", "equal within the margin", "undecided"
KEPT = 0.99  # of the first engine's score
LOSES = "score below 99 %"  # said in the place of `faster` where speed was bought with the score

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Verdict:
    """What is known of a comparison: `said` is one of the four words, `ratio` what it rests on."""

    said: str
    ratio: Ratio


def share_kept(own_percent: float, base_percent: float) -> float:
    """What an engine keeps of the first one's score; where that is 0, nothing is lost."""
    return own_percent / base_percent if base_percent else 1.0


def decide(
    ratios: Mapping[Key, Ratio], margin: float, looks: int = len(LOOKS)
) -> dict[Key, Verdict]:
    """A verdict on each ratio of speeds at one of so many looks.

    A ratio that is within the margin and yet differs from 1 is called equal: the margin says what
    matters.
    """
    error = ERROR / looks
    equal = holm({key: ratio.p_equal(margin) for key, ratio in ratios.items()}, error)
    different = holm({key: ratio.p_different() for key, ratio in ratios.items()}, error)

    def said(key: Key, ratio: Ratio) -> str:
        if key in equal:
            return EQUAL
        if key in different:
            return FASTER if ratio.log_ratio > 0 else SLOWER
        return UNDECIDED

    return {key: Verdict(said(key, ratio), ratio) for key, ratio in ratios.items()}


def holm(p_values: Mapping[Key, float], error: float = ERROR) -> set[Key]:
    """The keys whose hypothesis is rejected (Holm 1979), the smallest p-value first."""
    rejected: set[Key] = set()
    ordered = sorted(p_values, key=lambda key: p_values[key])
    for rank, key in enumerate(ordered):
        if p_values[key] > error / (len(ordered) - rank):
            break
        rejected.add(key)
    return rejected


def detectable(ratio: Ratio, comparisons: int, looks: int = len(LOOKS)) -> float:
    """The smallest difference, as a share, that this many blocks find four times in five."""
    from scipy.special import stdtrit

    freedom = ratio.blocks - 1
    reach = stdtrit(freedom, 1 - ERROR / looks / comparisons / 2) + stdtrit(freedom, 0.8)
    return exp(min(LARGEST, reach * ratio.log_error)) - 1
