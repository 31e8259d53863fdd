"""Write the report's tables as CSV files with four decimals, and read them back."""

import csv
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

from waystation.report.encoders import encoder_measures
from waystation.report.records import Estimate, Tables
from waystation.report.second_scores import SECOND_SCORES

Cells = dict[str, int | str]  # by column, as they are written

LAYER = ("model", "recipe", "task", "language", "protocol_layer", "layer")

# A table without rows has these columns, because `dvc plots` names some of them.
COLUMNS = {
    "scores": ("model", "recipe", "target", "task", "language", "score_percent", "status"),
    "gains": ("model", "recipe", "target", "task", "layer_parameters", "gain", "low", "high"),
    "sizes": ("model", "smaller_model", "recipe", "task", "difference", "low", "high"),
    "pretraining": ("model", "task", "language", "difference", "low", "high"),
    "intermediate": ("model", "recipe", "task", "english_percent", "learned"),
    "english": ("model", "recipe", "target", "seed", "english_percent"),
    "weights": ("model", "recipe", "target", "task", "chosen_percent", "oracle_percent"),
    "promises": ("model", "target", "source", "method", "score"),
    "sequence": ("model", "order", "length", "recipe", "task", "zero_shot_percent"),
    "alignment": (*LAYER, *encoder_measures.columns("alignment")),
    "mining": (*LAYER, *encoder_measures.columns("mining")),
    "retrieval": ("model", "recipe", "task", "layer_by", "layer", "scored", "score_percent"),
    "retention": ("model", "recipe", "task", "measure", "layer", "retained_percent"),
    "identity": ("model", "recipe", "layer", *encoder_measures.columns("identity")),
    "cost": ("model", "recipe", "task", "language", "tokens_per_sec"),
    "speeds": ("model", "recipe", "task", "language", "measure", "ratio", "low", "high", "verdict"),
    "servers": ("model", "recipe", "task", "language", "bound_ms", "queries_per_sec"),
    "measurements": ("group", "model", "target", "blocks", "ended", "notes", "processor"),
    "overall": ("benchmark", "model", "recipe", "tasks", "score_percent"),
    "reference": ("model", "recipe", "task", "measure", "published_percent", "ours_percent"),
}


@dataclass(frozen=True)
class FieldColumns:
    """A field of a record and its columns; the values of `second` and `measured` name their own."""

    field: str
    columns: tuple[str, ...]
    is_text: bool


def kinds() -> dict[str, type]:
    """The type of record of each table."""
    return {table: get_args(rows)[0] for table, rows in get_type_hints(Tables).items()}


def layout(kind: type) -> list[FieldColumns]:
    """The columns of a record, field by field."""
    types, annotated = get_type_hints(kind), get_type_hints(kind, include_extras=True)
    return [
        FieldColumns(
            name,
            getattr(annotated[name], "__metadata__", (name,)),
            str in (plain, *get_args(plain)),
        )
        for name, plain in types.items()
    ]


def write(folder: Path, tables: Tables) -> None:
    """Write one file per table, without the columns in which no row has a value."""
    for table, kind in kinds().items():
        fields = layout(kind)
        rows = [cells(record, fields) for record in getattr(tables, table)]
        with (folder / f"{table}.csv").open("w", newline="", encoding="utf-8") as stream:
            columns = header(rows) or COLUMNS[table]
            writer = csv.DictWriter(stream, columns, lineterminator="\n")
            writer.writeheader()
            for row in rows:
                writer.writerow(merged(row))


def cells(record: Any, fields: list[FieldColumns]) -> list[Cells]:
    """The columns of each field of a record; a field that is None has no columns."""
    row: list[Cells] = []
    for entry in fields:
        value = getattr(record, entry.field)
        if entry.field == "second":
            row.append(second_cells(value))
        elif entry.field == "measured":
            row.append({column: written(number) for column, number in value.items()})
        elif isinstance(value, Estimate):
            row.append(estimate_cells(entry.columns, value))
        else:
            row.append({} if value is None else {entry.field: written(value)})
    return row


def second_cells(estimates: dict[str, Estimate]) -> Cells:
    return merged(
        estimate_cells(second.columns, estimates[second.column])
        for second in SECOND_SCORES
        if second.column in estimates
    )


def estimate_cells(columns: tuple[str, ...], estimate: Estimate) -> Cells:
    """Three columns, and the p-value in a fourth where there is one, with four digits."""
    value, low, high, *p_column = columns
    row = dict(zip((value, low, high), map(written, astuple(estimate)[:3]), strict=True))
    if p_column and estimate.p_value is not None:
        row[p_column[0]] = f"{estimate.p_value:.4g}"
    return row


def written(value: float | str) -> int | str:
    """Four decimals of a number, without zeros at the end: they are half of a large table."""
    return f"{value:.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else value


def header(rows: list[list[Cells]]) -> list[str]:
    """The columns of a table, field by field in the order of the record."""
    fields = zip(*rows, strict=True)
    return [column for cells_of_field in fields for column in merged(cells_of_field)]


def merged(dictionaries: Iterable[Cells]) -> Cells:
    return {key: value for dictionary in dictionaries for key, value in dictionary.items()}


def read(folder: Path) -> Tables:
    """Read the tables of a folder; numbers have at most four decimals.

    A table that is newer than the folder's last run has no file, and no rows.
    """
    tables: dict[str, list] = {}
    for table, kind in kinds().items():
        fields = layout(kind)
        if not (folder / f"{table}.csv").is_file():
            tables[table] = []
            continue
        with (folder / f"{table}.csv").open(newline="", encoding="utf-8") as stream:
            tables[table] = [kind(**values(row, fields)) for row in csv.DictReader(stream)]
    return Tables(**tables)


def values(row: dict[str, str], fields: list[FieldColumns]) -> dict[str, Any]:
    """The fields of a record from its columns."""
    texts = {column: text for column, text in row.items() if text != ""}
    known: dict[str, Any] = {}
    for entry in fields:
        if entry.field == "second":
            known["second"] = {
                second.column: estimate([texts.pop(column) for column in second.columns])
                for second in SECOND_SCORES
                if second.columns[0] in texts
            }
        elif entry.field == "measured":  # the last field: whatever columns are left
            known["measured"] = {column: number(text) for column, text in texts.items()}
        elif entry.columns[0] in texts:
            first, *rest = (texts.pop(column) for column in entry.columns if column in texts)
            if len(entry.columns) > 1:  # an older file may lack the bounds
                known[entry.field] = estimate([first, *(rest or ["nan", "nan"])])
            else:
                known[entry.field] = first if entry.is_text else number(first)
    return known


def estimate(texts: list[str]) -> Estimate:
    return Estimate(*map(float, texts))


def number(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        return float(text)
