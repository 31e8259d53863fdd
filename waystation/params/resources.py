"""What a stage needs on another machine, by verb: for `run --executor`; no stage reads this."""

from dataclasses import dataclass

from waystation.params.typed import Count, Positive, Whole


@dataclass(frozen=True)
class Resources:
    """Cores, memory and cards of one stage, and after how many minutes the stage is ended."""

    cores: Count = 1
    memory_gib: Positive = 4.0
    cards: Whole = 0
    minutes: Count = 240
