"""The report's tables as CSV files, one a table: written with four decimals, and read back."""

import csv
from pathlib import Path

from waystation.report import encoder_measures

LAYER = ("model", "recipe", "task", "language", "protocol_layer", "layer")

# The columns that `dvc plots` and the figures name: they head a table without rows too.
COLUMNS = {
    "scores": ("model", "recipe", "target", "task", "language", "score_percent", "status"),
    "gains": ("model", "recipe", "target", "task", "layer_parameters", "gain", "low", "high"),
    "sizes": ("model", "smaller_model", "recipe", "task", "difference", "low", "high"),
    "pretraining": ("model", "task", "language", "difference", "low", "high"),
    "sequence": ("model", "order", "length", "recipe", "task", "zero_shot_percent"),
    "alignment": (*LAYER, *encoder_measures.columns("alignment")),
    "mining": (*LAYER, *encoder_measures.columns("mining")),
    "retrieval": ("model", "recipe", "task", "layer_by", "layer", "scored", "score_percent"),
    "identity": ("model", "recipe", "layer", *encoder_measures.columns("identity")),
    "cost": ("model", "recipe", "task", "language", "tokens_per_sec"),
    "overall": ("benchmark", "model", "recipe", "tasks", "score_percent"),
    "reference": ("model", "recipe", "task", "measure", "published_percent", "ours_percent"),
}


def write(folder: Path, tables: dict[str, list[dict]]) -> None:
    """A CSV a table, with the union of its rows' columns."""
    for name, rows in tables.items():
        columns = dict.fromkeys(column for row in rows for column in row)
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, columns or COLUMNS[name], lineterminator="\n")
            writer.writeheader()
            for row in rows:
                writer.writerow({key: written(value) for key, value in row.items()})


def written(value):
    return f"{value:.4f}" if isinstance(value, float) else value


def read(folder: Path) -> dict[str, list[dict]]:
    """The tables of a folder, as they were up to the fourth decimal; what is empty is absent."""
    tables = {}
    for name in COLUMNS:
        with (folder / f"{name}.csv").open(newline="", encoding="utf-8") as stream:
            tables[name] = [
                {key: value_of(text) for key, text in row.items() if text != ""}
                for row in csv.DictReader(stream)
            ]
    return tables


def value_of(text: str) -> int | float | str:
    """A number if it is written as one."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
