"""What was chosen, by what, and what else could have been, as records."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class EnglishScore:
    """The English development score of one fine-tuning, at the snapshot that it chose."""

    model: str
    recipe: str
    target: str
    seed: int
    step: int
    english_percent: float


@dataclass(frozen=True, kw_only=True)
class PromisedGain:
    """What an intermediate task promises the task `target`, by a method of
    waystation.transferability.

    Scores of one method and target compare, others do not."""

    model: str
    target: str
    source: str
    method: str
    score: float


@dataclass(frozen=True, kw_only=True)
class Weights:
    """Zero-shot means of a task by the weights that count and by others, in percent, over all
    seeds. `chosen`: the snapshot that English development rows chose; `oracle`: that which the
    other languages' would choose. None where a variant is the chosen snapshot, or has not run.
    """

    model: str
    recipe: str
    target: str
    task: str
    seeds: int
    chosen_percent: float
    last_percent: float | None = None
    snapshots_percent: float | None = None
    seeds_percent: float | None = None
    oracle_percent: float | None = None
