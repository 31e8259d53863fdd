"""The rows of all cases as the Hub stores them."""

from functools import cache
from typing import Any

import datasets

from tests.tasks.rows import Case, choices, classification, questions, retrieval, tagging

KINDS = (classification, choices, questions, tagging, retrieval)
CASES = {name: case for kind in KINDS for name, case in kind.CASES.items()}


@cache
def as_stored(key: str) -> dict[str, datasets.Dataset]:
    """{member or table: rows} of a case; `rows` where the task has one table."""
    case = CASES[key]
    given = case.rows if isinstance(case.rows, dict) else {"rows": case.rows}
    return {name: table(rows, case) for name, rows in given.items()}


def table(rows: list[dict], case: Case) -> datasets.Dataset:
    """With the names of its classes."""
    features = {column: kind(value) for column, value in rows[0].items()}
    for column, names in case.classes.items():
        label = datasets.ClassLabel(names=list(names))
        features[column] = datasets.List(label) if isinstance(rows[0][column], list) else label
    return datasets.Dataset.from_list(rows, datasets.Features(features))


def kind(value: Any) -> Any:
    """The type in which the Hub has a value: 32 bits for a number."""
    if isinstance(value, dict):
        return {name: kind(own) for name, own in value.items()}
    if isinstance(value, list):
        return datasets.List(kind(value[0]) if value else datasets.Value("string"))
    names = {bool: "bool", int: "int32", str: "string"}
    return datasets.Value(names[type(value)])
