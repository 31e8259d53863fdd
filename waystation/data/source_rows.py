"""Rows of a task as their source has them, checked: columns, types, classes, how many there are."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from waystation import tasks
from waystation.base.errors import UserError
from waystation.data.wellformed import fits
from waystation.hub import client
from waystation.hub.builders import Stored
from waystation.params.schema import Source, TaskLimits
from waystation.tasks import Columns, Task

BATCH = 1000  # rows read at once: a row at a time is fifty times slower


@dataclass(frozen=True)
class Loaded:
    """The tables {name: data set} of one split and language, and the task that reads them."""

    task: Task
    tables: dict[str, Any]

    @property
    def size(self) -> int:
        """Rows of the first table."""
        return len(next(iter(self.tables.values())))


def wanted_languages(name: str, limits: TaskLimits, languages: tuple[str, ...]) -> tuple[str, ...]:
    """The task's own list of languages if the suite gives one, else those of the suite's
    `languages` that the task has."""
    task = tasks.load(name)
    if limits.languages is not None:
        tasks.check_languages(task, limits.languages)
        return limits.languages
    shared = tasks.covered(task, languages)
    if not shared:
        raise UserError(
            f"task {name!r} has none of the suite's languages "
            f"{', '.join(languages)}; it has {', '.join(task.languages)}"
        )
    return shared


def location(source: Source, task: Task, repository: str) -> tuple[str, bool]:
    """Where a repository lies, and whether that is a local folder, which must be there."""
    local = repository.startswith(tasks.LOCAL)
    if source.prefix == "hub" and not local:
        return repository, False
    if local and source.local is not None:
        folder = Path(source.local) / repository.removeprefix(tasks.LOCAL)
    elif source.prefix == "hub":
        raise UserError(
            f"{repository} is not on the Hub: name the folder that holds it as source.local. "
            f"{obtain(task)}"
        )
    else:
        folder = Path(source.prefix) / repository
    if not folder.is_dir():
        message = f"no folder {folder} (source.prefix {source.prefix!r}, repository {repository!r})"
        raise UserError(f"{message}. {obtain(task)}" if local else message)
    return str(folder), True


def obtain(task: Task) -> str:
    """How a user comes by what no Hub has."""
    return " ".join(member.obtain for member in tasks.members(task) if member.obtain)


def load(
    source: Source, task: Task, split: str, language: str, origin: dict, cache: str
) -> list[Loaded] | None:
    """The rows of one split and language, by member; None where the source has no such split."""
    loaded = [
        Loaded(member, load_tables(source, member, split, language, origin, cache))
        for member in tasks.members_with(task, language)
    ]
    absent = [one for one in loaded if any(rows is None for rows in one.tables.values())]
    if absent and len(absent) < len(loaded):
        raise UserError(f"task {task.name!r}: {absent[0].task.repository} has no {split} rows")
    return None if absent else loaded


def load_tables(
    source: Source, task: Task, split: str, language: str, origin: dict, cache: str
) -> dict[str, Any]:
    """{table: rows, or None where there is no such split} of a task that is no union."""
    import datasets

    tables = {}
    for name, (repository, configs) in tasks.configurations(task, language).items():
        where, local = location(source, task, repository)
        revision = origin["repositories"][repository].get("revision")
        columns, stored_split = task.sources[name].columns, task.splits[split]
        texts = tuple(column for column, kind in columns.items() if kind is str)
        check = partial(
            check_stored, task=task, columns=columns, where=with_table(where, task, name)
        )
        read = [
            client.load_rows(where, config, stored_split, revision, cache, local, check, texts)
            for config in configs
        ]
        there = [rows for rows in read if rows is not None]
        tables[name] = datasets.concatenate_datasets(there) if there else None
    return tables


def with_table(where: str, task: Task, table: str) -> str:
    """What an error names: the table too, where a task joins several."""
    return f"{where}, table {table!r}" if task.tables else where


def check_stored(stored: Stored, task: Task, columns: Columns, where: str) -> None:
    """Refuse files, of the splits that a task reads, that lack a column or whose values would be
    turned into another kind."""
    read = {name for split in task.splits.values() for name in client.split_names(split)}
    for (split, file), types in stored.items():
        if split in read:
            check_file(types, columns, f"{where}, split {split!r}, {file}")


def check_file(types: dict, columns: Columns, where: str) -> None:
    import pyarrow

    if missing := [column for column in columns if column not in types]:
        raise UserError(
            f"{where}: no column {', '.join(missing)}; the source has {', '.join(types)}"
        )
    for column, kind in columns.items():
        type_ = types[column]
        known = pyarrow.types
        number = known.is_floating(type_) or known.is_boolean(type_) or known.is_decimal(type_)
        text = known.is_string(type_) or known.is_large_string(type_)
        whole = known.is_integer(type_)
        other = known.is_temporal(type_) or known.is_binary(type_)
        if other or (kind is str and (whole or number)) or (kind is int and (number or text)):
            raise UserError(
                f"{where}: column {column!r} should be {kind.__name__}, it is stored as {type_}"
            )


def checked(rows: Any, task: Task, table: str, where: str) -> Iterator[dict]:
    """The rows with the columns that the task reads; one absent or of another type is named."""
    columns, where = task.sources[table].columns, with_table(where, task, table)
    missing = [column for column in columns if column not in rows.column_names]
    if missing:
        raise UserError(
            f"{where}: no column {', '.join(missing)}; "
            f"the source has {', '.join(rows.column_names)}"
        )
    if twice := [column for column in columns if f"{column}.1" in rows.column_names]:
        raise UserError(f"{where}: the column {twice[0]} stands twice")  # as pandas renames it
    if not len(rows):
        raise UserError(f"{where}: the split is empty")
    check_classes(rows, columns, task, where)
    index = 0
    for batch in rows.select_columns(list(columns)).iter(BATCH):
        for values in zip(*(batch[column] for column in columns), strict=True):
            for (column, kind), value in zip(columns.items(), values, strict=True):
                if not fits(value, kind):
                    raise UserError(
                        f"{where}, row {index}: column {column!r} should be {kind.__name__}, "
                        f"got {type(value).__name__} {value!r:.80}"
                    )
            index += 1
            yield dict(zip(columns, values, strict=True))


def check_classes(rows: Any, columns: Columns, task: Task, where: str) -> None:
    """Classes that a source numbers must be the task's, in its order."""
    wanted = list(task.source_labels or task.labels or ())
    for column in columns:
        feature = rows.features[column]
        while hasattr(feature, "feature"):  # a list of classes
            feature = feature.feature
        if getattr(feature, "names", wanted) != wanted:
            raise UserError(
                f"{where}: column {column!r} numbers the classes {', '.join(feature.names)}; "
                f"expected {', '.join(wanted) or 'none'}"
            )


def check_number(number: int, wanted: int | None, what: str, sampled: bool, where: str) -> None:
    """A number that is known must be met, unless the source says that it is a sample."""
    if wanted is not None and number != wanted and not sampled:
        raise UserError(
            f"{where}: the source gives {number:,} {what}, expected {wanted:,}; where it is a "
            f"sample, source.sampled must say so"
        )
