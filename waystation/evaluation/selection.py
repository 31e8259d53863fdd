"""What a fine-tuning notes of itself beside its models: `english.json`."""

from dataclasses import asdict, dataclass
from pathlib import Path

from waystation.base.errors import choose
from waystation.files import write_json
from waystation.params.typed import build
from waystation.text_files import read_json

FILE = "english.json"


@dataclass(frozen=True)
class Selection:
    """`checkpoints` {step: English development score in percent} of those that are kept; `chosen`
    is the step whose model counts, a folder of that name. `curve` as in `training.loop.Trained`."""

    chosen: str
    steps: int
    examples: int
    checkpoints: dict[str, float]
    curve: tuple[dict, ...]

    @property
    def score(self) -> float:
        """Of the chosen checkpoint, in percent."""
        return self.checkpoints[self.chosen]


def write(folder: Path, selection: Selection) -> None:
    write_json(folder / FILE, asdict(selection))


def read(folder: Path) -> Selection:
    """Read the note; one of another form is named."""
    file = folder / FILE
    stored = build(Selection, read_json(file, dict), str(file))
    choose(stored.chosen, stored.checkpoints, "chosen checkpoint", str(file))
    return stored
