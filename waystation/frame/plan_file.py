"""Read the file that describes a cell of the grid, and hold the rows to it."""

from typing import Protocol, TypeVar

from waystation.base.errors import UserError
from waystation.files import checksum
from waystation.frame.stage import Run
from waystation.params.typed import build
from waystation.text_files import read_json


class Planned(Protocol):
    """A record of `grid.plans`."""

    @property
    def files(self) -> dict[str, str]: ...


Plan = TypeVar("Plan", bound=Planned)


def read_plan(run: Run, kind: type[Plan]) -> Plan:
    """Read a cell's file, and make sure that the rows are and stay those that it names."""
    file, folder = run.inputs["plan"], run.inputs["tasks"]
    plan = build(kind, read_json(file), str(file))
    for name, expected in plan.files.items():
        path = folder / name
        if not path.is_file() or checksum(path) != expected:
            raise UserError(f"{path} is not what {file} was made from; run `dvc repro`")
    run.guard({str(folder / name): expected for name, expected in plan.files.items()})
    return plan
