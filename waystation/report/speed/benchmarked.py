"""The rows of the benchmarks that have run.

Two groups that two machines measured do not compare: of the later one only the row that says so is
taken.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from waystation.grid.cells import all_cells
from waystation.params.schema import Settings
from waystation.report.intervals import Estimate
from waystation.report.scores import Score
from waystation.report.speed.speeds import Cost, Measurement, ServerRate, SpeedRatio
from waystation.text_files import in_form, read_json

SAME = ("processor", "features", "cores", "threads", "device", "precision")
OTHER = "another machine than that of {}: left out, because speeds of two machines do not compare"


@dataclass(frozen=True)
class Benchmarks:
    """All rows; `measurements` has one a model and target."""

    cost: list[Cost] = field(default_factory=list)
    speeds: list[SpeedRatio] = field(default_factory=list)
    servers: list[ServerRate] = field(default_factory=list)
    measurements: list[Measurement] = field(default_factory=list)


def read_benchmarks(scores: list[Score], suite: Settings, folder: Path) -> Benchmarks:
    """The rows of all groups that have run, their tasks by label."""
    made, labels = Benchmarks(), {(one.target, one.task): one.label for one in scores}
    for group in suite.target.groups:
        file = folder / f"{group}.json"
        if file.is_file():
            with in_form(file):
                read_group(read_json(file, dict), made, labels, suite)
    return made


def read_group(
    measured: dict, made: Benchmarks, labels: dict[tuple[str, str], str], suite: Settings
) -> None:
    """Add the rows of one group."""
    measurements = [measurement(entry, measured) for entry in measured.get("ended", [])]
    others = {m for m in measurements if made.measurements and not same(m, made.measurements[0])}
    first = made.measurements[0].group if made.measurements else ""
    made.measurements.extend(
        replace(m, notes=OTHER.format(first)) if m in others else m for m in measurements
    )
    if others:
        return
    made.cost.extend(cost_row(cell) for cell in entries(measured, "cells", labels, suite))
    for row in entries(measured, "comparisons", labels, suite):
        ratio = Estimate(*(row.pop(name) for name in ("ratio", "low", "high")))
        made.speeds.append(SpeedRatio(**row, ratio=ratio, margin_percent=100 * measured["margin"]))
    for row in entries(measured, "servers", labels, suite):
        made.servers.append(ServerRate(**row | {"tried": len(row["tried"])}))


def entries(
    measured: dict, key: str, labels: dict[tuple[str, str], str], suite: Settings
) -> Iterator[dict]:
    """The entries of this key whose cells the grid has."""
    grid = set(all_cells(suite))
    for entry in measured.get(key, []):
        if (entry["model"], entry["recipe"]) in grid:
            label = labels.get((entry["target"], entry["task"]), entry["task"])
            yield entry | {"task": label}


def cost_row(cell: dict) -> Cost:
    """A cell of a benchmark, its names apart from its measurements."""
    names = ("model", "recipe", "backend", "target", "task", "language")
    measured = {name: value for name, value in cell.items() if name not in names}
    return Cost(**{name: cell[name] for name in names if name in cell}, measured=measured)


def measurement(ended: dict, measured: dict) -> Measurement:
    """How one model and target were measured."""
    machine, load = measured["machine"], measured["machine"]["load_of_others_percent"]
    notes = [
        entry["note"]
        for entry in measured["notes"]
        if (entry["model"], entry["target"]) == (ended["model"], ended["target"])
    ]
    return Measurement(
        group=measured["group"],
        model=ended["model"],
        target=ended["target"],
        blocks=ended["blocks"],
        ended=ended["why"],
        notes="; ".join(notes) or "none",
        processor=machine["processor"],
        features=" ".join(machine["features"]) or "none",
        **{key: machine[key] for key in ("cores", "threads", "memory_gib", "device", "precision")},
        load_before_percent=load["before"],
        load_after_percent=load["after"],
        watts=machine["watts"],
    )


def same(one: Measurement, other: Measurement) -> bool:
    """Whether one machine made both."""
    return all(getattr(one, key) == getattr(other, key) for key in SAME)
