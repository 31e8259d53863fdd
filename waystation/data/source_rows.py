"""Rows of a task as their source has them, checked: columns, types, classes, how many there are."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType

from waystation import tasks
from waystation.base.errors import UserError
from waystation.hub import client
from waystation.params.schema import Source, TaskLimits

BATCH = 1000  # rows read at once: a row at a time is fifty times slower


@dataclass(frozen=True)
class Loaded:
    """The tables {name: data set} of one split and language, and the module that reads them."""

    task: ModuleType
    tables: dict

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
            f"{', '.join(languages)}; it has {', '.join(task.LANGUAGES)}"
        )
    return shared


def place(source: Source, task: ModuleType, repository: str) -> tuple[str, bool]:
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
        told = f"no folder {folder} (source.prefix {source.prefix!r}, repository {repository!r})"
        raise UserError(f"{told}. {obtain(task)}" if local else told)
    return str(folder), True


def obtain(task: ModuleType) -> str:
    """How one comes by what no Hub has."""
    return " ".join(part.OBTAIN for part in tasks.parts(task) if hasattr(part, "OBTAIN"))


def load(
    source: Source, task: ModuleType, split: str, language: str, origin: dict, cache: str
) -> list[Loaded] | None:
    """The rows of one split and language, by part; None where the source has no such split."""
    found = [
        Loaded(part, load_tables(source, part, split, language, origin, cache))
        for part in tasks.parts_with(task, language)
    ]
    absent = [part for part in found if any(rows is None for rows in part.tables.values())]
    if absent and len(absent) < len(found):
        raise UserError(f"{task.__name__}: {absent[0].task.REPO} has no {split} rows")
    return None if absent else found


def load_tables(source, part, split: str, language: str, origin: dict, cache: str) -> dict:
    """{table: rows, or None where there is no such split}."""
    import datasets

    found = {}
    for table, (repository, configs) in tasks.configurations(part, language).items():
        where, local = place(source, part, repository)
        revision = origin["repositories"][repository].get("revision")
        name, columns = part.SPLITS[split], columns_of(part, table)
        told = f"{where}, table {table!r}" if hasattr(part, "tables") else where
        check = partial(check_stored, part=part, columns=columns, where=told)
        read = [
            client.load_rows(where, config, name, revision, cache, local, check)
            for config in configs
        ]
        read = [rows for rows in read if rows is not None]
        found[table] = datasets.concatenate_datasets(read) if read else None
    return found


def columns_of(part: ModuleType, table: str) -> dict[str, type]:
    return part.COLUMNS[table] if hasattr(part, "tables") else part.COLUMNS


def check_stored(
    stored: client.Stored, part: ModuleType, columns: dict[str, type], where: str
) -> None:
    """Refuse files, of the splits that a task reads, that lack a column or whose values would be
    turned into another kind."""
    read = {name for split in part.SPLITS.values() for name in client.split_names(split)}
    for (split, file), found in stored.items():
        if split in read:
            check_file(found, columns, f"{where}, split {split!r}, {file}")


def check_file(found: dict, columns: dict[str, type], where: str) -> None:
    import pyarrow

    if missing := [column for column in columns if column not in found]:
        raise UserError(
            f"{where}: no column {', '.join(missing)}; the source has {', '.join(found)}"
        )
    for column, kind in columns.items():
        type_ = found[column]
        whole, broken = pyarrow.types.is_integer(type_), pyarrow.types.is_floating(type_)
        text = pyarrow.types.is_string(type_) or pyarrow.types.is_large_string(type_)
        if (kind is str and (whole or broken)) or (kind is int and (broken or text)):
            raise UserError(
                f"{where}: column {column!r} should be {kind.__name__}, it is stored as {type_}"
            )


def checked(rows, part: ModuleType, table: str, where: str) -> Iterator[dict]:
    """The rows with the columns that the task reads; one absent or of another type is named."""
    columns = columns_of(part, table)
    where = f"{where}, table {table!r}" if hasattr(part, "tables") else where
    missing = [column for column in columns if column not in rows.column_names]
    if missing:
        raise UserError(
            f"{where}: no column {', '.join(missing)}; "
            f"the source has {', '.join(rows.column_names)}"
        )
    if not len(rows):
        raise UserError(f"{where}: the split is empty")
    check_classes(rows, columns, part, where)
    index = 0
    for batch in rows.select_columns(list(columns)).iter(BATCH):
        for values in zip(*(batch[column] for column in columns), strict=True):
            for (column, kind), value in zip(columns.items(), values, strict=True):
                if not isinstance(value, kind):
                    raise UserError(
                        f"{where}, row {index}: column {column!r} should be {kind.__name__}, "
                        f"got {type(value).__name__} {value!r:.80}"
                    )
            index += 1
            yield dict(zip(columns, values, strict=True))


def check_classes(rows, columns, part: ModuleType, where: str) -> None:
    """Classes that a source numbers must be the task's, in its order."""
    wanted = list(getattr(part, "SOURCE_LABELS", None) or part.LABELS or ())
    for column in columns:
        feature = rows.features[column]
        while hasattr(feature, "feature"):  # a list of classes
            feature = feature.feature
        if getattr(feature, "names", wanted) != wanted:
            raise UserError(
                f"{where}: column {column!r} numbers the classes {', '.join(feature.names)}; "
                f"expected {', '.join(wanted) or 'none'}"
            )


def expected(task: ModuleType, constant: str, split: str, language: str) -> int | None:
    """What ROWS or a constant like it says of a split and language; None: nothing is known."""
    known = getattr(task, constant, {}).get(split)
    return known.get(language) if isinstance(known, dict) else known


def check_number(found: int, wanted: int | None, what: str, sampled: bool, where: str) -> None:
    """A number that is known must be met, unless the source says that it is a sample."""
    if wanted is not None and found != wanted and not sampled:
        raise UserError(
            f"{where}: the source gives {found:,} {what}, expected {wanted:,}; where it is a "
            f"sample, source.sampled must say so"
        )
