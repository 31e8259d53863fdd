"""What the benchmarks measured, as records.

`backend` is the engine that ran the model; older tables know one, ours.
"""

from dataclasses import dataclass, field
from typing import Annotated

from waystation.params.benchmark import UNPADDED
from waystation.report.intervals import Estimate


@dataclass(frozen=True, kw_only=True)
class Cost:
    """The cost of inference on a task in one language; `measured` has the names of `benchmark`."""

    model: str
    recipe: str
    target: str
    task: str
    language: str
    backend: str = UNPADDED
    measured: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class SpeedRatio:
    """A recipe's speed over the base's on a task in one language, and what is known of it.

    Where `backend` is not `base_backend`, two engines run the base recipe; then their scores on the
    same rows are known, and `faster` is said of no engine that keeps less than 99 % of the score.

    `measure` is `latency` (queries alone a second) or `throughput` (examples a second): more is
    faster. The `language` `mean` is the geometric mean over all of them. `verdict` is `faster`,
    `slower`, `equal within the margin` or `undecided`.
    `detectable_percent`: the smallest difference that so many `blocks` find four times in five.
    """

    model: str
    recipe: str
    base: str
    target: str
    task: str
    language: str
    measure: str
    ratio: Annotated[Estimate, "ratio", "low", "high"]
    verdict: str
    margin_percent: float
    blocks: int
    detectable_percent: float
    backend: str = UNPADDED
    base_backend: str = UNPADDED
    score_percent: float | None = None
    base_score_percent: float | None = None


@dataclass(frozen=True, kw_only=True)
class ServerRate:
    """Queries that arrive at random: the highest rate at which 99 of 100 are answered within
    `bound_ms` from their arrival; None where no rate that was tried is so low.

    `alone_per_sec`: what one query after another allows. `tried`: how many rates, each of
    `queries`.
    """

    model: str
    recipe: str
    target: str
    task: str
    language: str
    bound_ms: float
    queries_per_sec: float | None
    alone_per_sec: float
    queries: int
    backend: str = UNPADDED
    tried: int | None = None  # older tables do not tell


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """How the recipes of one model and target were measured, on what machine, and why it ended.

    `load_before_percent` and `load_after_percent`: of all cores, what other processes took.
    """

    group: str
    model: str
    target: str
    blocks: int
    ended: str
    notes: str
    processor: str
    features: str
    cores: int
    threads: int
    memory_gib: float
    device: str
    precision: str
    load_before_percent: float
    load_after_percent: float
    watts: float | None = None
