"""What a study says: a verdict out of a fixed list, one sentence, and the findings that bear it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from waystation.params.schema import Settings
from waystation.report import intervals
from waystation.report.intervals import Estimate
from waystation.report.scores import Result
from waystation.studies.evidence import Evidence

# Of an answer: the first four; of a difference: the last four.
YES, NO = "yes", "no"
EQUAL, UNDETERMINED = "equal within the margin", "undetermined"
ABOVE, BELOW = "above zero", "below zero"
POWER = 1.43  # (z of 0.975 + z of 0.8) / z of 0.975


@dataclass(frozen=True)
class Finding:
    """One number that an answer rests on, in `unit`; `verdict` is on this number alone, None where
    the number is told and not tested.

    n: test examples of a language, the smallest of those that are in it. `smallest_effect`: what
    the design would have found four times in five, had the difference been so large.
    """

    what: str
    unit: str
    estimate: Estimate
    n: int
    seeds: int
    smallest_effect: float
    verdict: str | None
    cells: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """The answer to a study's question, on one suite."""

    verdict: str
    sentence: str
    findings: tuple[Finding, ...] = ()
    limits: tuple[str, ...] = ()


@dataclass(frozen=True)
class Needs:
    """What of a suite answers a question: its models and recipes, tests by name, and stages.

    `tests` are those of fine-tuned models; `encoders` says whether the encoders' own alignment
    counts, `speed` whether the benchmark does.
    """

    models: tuple[str, ...]
    recipes: tuple[str, ...]
    tests: tuple[str, ...] | None = None  # None: all
    encoders: bool = False
    speed: bool = False


@dataclass(frozen=True)
class Study:
    """A question: what it needs of a suite, how the evidence answers, and the figure to look at."""

    name: str
    question: str
    needs: Callable[[Settings], Needs]
    answer: Callable[[Evidence], Answer]
    figure: str  # a file of plots/<suite>/, without its ending


@dataclass(frozen=True)
class Compared:
    """A paired difference in points that awaits its verdict."""

    what: str
    difference: Result
    n: int
    cells: tuple[str, ...]


def one_seed(findings: Sequence[Finding]) -> bool:
    """Whether nothing could be tested, for want of several fine-tuning seeds."""
    return all(finding.seeds == 1 for finding in findings)


def half_width(result: Result) -> float:
    """Half of the 95 % interval of a difference."""
    return intervals.half_width(*result.variances(), result.seeds)


def p_equal(result: Result, margin: float) -> float:
    """The larger of two one-sided tests: how likely so small a difference is at the margin's edge
    (Schuirmann 1987)."""
    inside = margin - abs(result.score)
    p = intervals.p_value(abs(inside), *result.variances(), result.seeds) / 2
    return p if inside > 0 else 1 - p


def judged(compared: Sequence[Compared], margin: float) -> tuple[Finding, ...]:
    """A verdict on each difference: above zero, below zero, equal within the margin (points), or
    undetermined. Holm's correction goes over all of them, once for differences and once
    for equalities. One seed gives no verdict: another seed moves scores by points.
    """
    several = {i: one for i, one in enumerate(compared) if one.difference.seeds > 1}
    equal = intervals.holm({i: p_equal(one.difference, margin) for i, one in several.items()})
    estimates = [one.difference.difference() for one in compared]
    different = intervals.holm({i: estimates[i].p_value for i in several})

    def said(place: int) -> str:
        if place in equal:
            return EQUAL
        if place in different:
            return ABOVE if estimates[place].value > 0 else BELOW
        return UNDETERMINED

    return tuple(
        Finding(
            what=one.what,
            unit="points",
            estimate=estimates[place],
            n=one.n,
            seeds=one.difference.seeds,
            smallest_effect=POWER * half_width(one.difference),
            verdict=said(place),
            cells=one.cells,
        )
        for place, one in enumerate(compared)
    )
