"""The report's tables as CSV files, one a table: written with four decimals, and read back."""

import csv
from collections.abc import Iterable
from dataclasses import astuple, fields
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_type_hints

from waystation.report import encoder_measures
from waystation.report.records import Estimate, Tables
from waystation.report.second_scores import SECOND_SCORES

LAYER = ("model", "recipe", "task", "language", "protocol_layer", "layer")

# The columns that `dvc plots` names: they head a table without rows too.
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


def write(folder: Path, tables: Tables) -> None:
    """A CSV a table; a column that no row has a value for is left out."""
    for table in fields(tables):
        rows = [cells(record) for record in getattr(tables, table.name)]
        with (folder / f"{table.name}.csv").open("w", newline="", encoding="utf-8") as stream:
            columns = header(rows) or COLUMNS[table.name]
            writer = csv.DictWriter(stream, columns, lineterminator="\n")
            writer.writeheader()
            for row in rows:
                writer.writerow(merged(row))


@cache
def columns_of(kind: type) -> dict[str, tuple[str, ...]]:
    """The columns of each field of a record; those of `second` and `measured` are in its rows."""
    hints = get_type_hints(kind, include_extras=True)
    return {name: getattr(hint, "__metadata__", (name,)) for name, hint in hints.items()}


def cells(record: Any) -> list[dict[str, int | str]]:
    """The columns of each field of a record; none where the field is absent."""
    row = []
    for name, columns in columns_of(type(record)).items():
        value = getattr(record, name)
        if name == "second":
            row.append(second_cells(value))
        elif name == "measured":
            row.append({column: written(number) for column, number in value.items()})
        elif isinstance(value, Estimate):
            row.append(estimate_cells(columns, value))
        else:
            row.append({} if value is None else {name: written(value)})
    return row


def second_cells(estimates: dict[str, Estimate]) -> dict[str, int | str]:
    return merged(
        estimate_cells(second.columns, estimates[second.column])
        for second in SECOND_SCORES
        if second.column in estimates
    )


def estimate_cells(columns: tuple[str, ...], estimate: Estimate) -> dict[str, int | str]:
    return dict(zip(columns, map(written, astuple(estimate)), strict=True))


def written(value: float | str) -> int | str:
    return f"{value:.4f}" if isinstance(value, float) else value


def header(rows: list[list[dict[str, Any]]]) -> list[str]:
    """The columns of a table, field by field in the order of the record."""
    of_fields = zip(*rows, strict=True)
    return [column for field in of_fields for column in merged(field)]


def merged(dictionaries: Iterable[dict[str, Any]]) -> dict[str, Any]:
    return {key: value for dictionary in dictionaries for key, value in dictionary.items()}


def read(folder: Path) -> Tables:
    """The tables of a folder, as they were up to the fourth decimal."""
    tables = {}
    for table, rows in get_type_hints(Tables).items():
        (kind,) = get_args(rows)
        with (folder / f"{table}.csv").open(newline="", encoding="utf-8") as stream:
            tables[table] = [read_row(kind, row) for row in csv.DictReader(stream)]
    return Tables(**tables)


def read_row(kind: type, row: dict[str, str]) -> Any:
    """A record from its columns."""
    texts = {column: text for column, text in row.items() if text != ""}
    types, known = get_type_hints(kind), {}
    for name, columns in columns_of(kind).items():
        if name == "second":
            known["second"] = {
                second.column: Estimate(*(float(texts[column]) for column in second.columns))
                for second in SECOND_SCORES
                if second.columns[0] in texts
            }
        elif columns[0] in texts:
            values = [texts.pop(column) for column in columns]
            if len(values) > 1:
                known[name] = Estimate(*map(float, values))
            else:
                is_text = str in (types[name], *get_args(types[name]))
                known[name] = values[0] if is_text else number(values[0])
    if "measured" in types:
        known["measured"] = {column: number(text) for column, text in texts.items()}
    return kind(**known)


def number(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        return float(text)
