"""Which steps of a training are scored on English development rows, which stay, when it ends.

Without `stopping` in the parameters `kept` steps are scored, evenly spaced, the last one included.
With it a training is scored every `every` steps, on the first `examples` rows, and ends when
`patience` scores in a row were not better than the best before them; the `kept` best models stay.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path

from waystation.files import whole
from waystation.params.schema import Stopping
from waystation.params.typed import build
from waystation.text_files import in_form, read_json


@dataclass
class Watch:
    """The scores of one training, kept in a file: a resumed run knows those before it."""

    file: Path
    steps: int  # the training's budget
    kept: int
    stopping: Stopping | None
    scores: dict[int, float] = field(default_factory=dict)

    def __post_init__(self):
        if self.file.is_file():
            stored = build(dict[str, float], read_json(self.file), str(self.file))
            with in_form(self.file):
                self.scores = {int(step): score for step, score in stored.items()}

    @property
    def places(self) -> list[int]:
        """The steps after which the training is scored."""
        if self.stopping is None:
            return evenly_spaced(self.steps, self.kept)
        return [*range(self.stopping.every, self.steps, self.stopping.every), self.steps]

    @property
    def best(self) -> list[int]:
        """The steps with the `kept` best scores, best first; of equal ones the earlier."""
        return sorted(self.scores, key=lambda step: (-self.scores[step], step))[: self.kept]

    @property
    def ended(self) -> bool:
        """Has patience run out?"""
        if self.stopping is None or not self.scores:
            return False
        since = [step for step in self.scores if step > self.best[0]]
        return len(since) >= self.stopping.patience

    def note(self, step: int, score: float) -> bool:
        """Record a score; is its model one of the best so far? One of a later step is forgotten: a
        resumed run comes there again."""
        self.scores = {s: old for s, old in self.scores.items() if s < step} | {step: score}
        with whole(self.file) as beside:
            beside.write_text(json.dumps(self.scores))
        return step in self.best


def evenly_spaced(steps: int, count: int) -> list[int]:
    """`count` step numbers, evenly spaced, the last one included."""
    return sorted({round(steps * (i + 1) / count) for i in range(count)} - {0})
