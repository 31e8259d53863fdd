"""One module a task: what a data set is. `load(name)` is the only way in.

A module defines `TASK`, a record of the class below, and the functions that the record holds.
Private-use language codes (qaa to qtz) stand for generated languages; every task may have them.
"""

import importlib
import pkgutil
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import KW_ONLY, dataclass, field, replace
from typing import Any, NoReturn

from waystation.base.errors import UserError, choose
from waystation.language_codes import EVERY_LANGUAGE, PRIVATE_USE
from waystation.languages import ENGLISH

XTREME_COMMIT = "1ed4149b110f0edb04dac2aa44ee7e48d66b9b38"  # google/xtreme, its rows as parquet
REACH = 64  # characters to either side in which a shifted answer is looked for
LOCAL = "local/"  # begins the name of a repository that no Hub has
TRANSLATED = "_translated"  # ends the name of a task whose rows are a user's own translations

# By split: one number for every language, or one a language. What is absent is unknown.
Counts = Mapping[str, int | Mapping[str, int]]
Columns = Mapping[str, type]  # columns that are read, with their types


def by_language(language: str) -> str:
    """A configuration a language, named by its code."""
    return language


def keep(row: dict, split: str, language: str) -> str | None:
    """No row is dropped."""
    return None


def missing(*_: object) -> NoReturn:
    raise TypeError("this task has no such function")


@dataclass(frozen=True)
class Table:
    """One of several tables whose rows a task joins; `repository` where it is not the task's."""

    columns: Columns
    config: Callable[[str], str | tuple[str, ...]] = by_language
    repository: str | None = None


@dataclass(frozen=True)
class Task:
    """A data set: where its rows lie, how a row becomes an example, how examples are scored.

    A union has `members` instead of a repository, columns, `config` and `example`; its `splits`
    only name the splits. A task that joins tables has `tables` and `join` instead of columns,
    `config` and `example`; its `rows` count the first table.
    """

    module: str  # `__name__` of the task's file
    _: KW_ONLY
    type: str  # kind of task, a module of `waystation.task_types`
    license: str  # of the data
    citation: str  # whose data they are, in one line
    splits: dict[str, str]  # ours (train, validation, test) -> the repository's
    languages: tuple[str, ...]  # codes as the data set writes them
    characters: int  # of a mean example, all of its sequences together; `plan` counts with them

    # Where the rows lie, and how they are read.
    repository: str = ""  # id on the Hugging Face Hub, or a folder of a user's own, `local/...`
    revision: str = "unpinned"  # 40 hexadecimal digits; `unpinned`: recorded at the first download
    columns: Columns = field(default_factory=dict)
    # (language) -> the configuration that holds a language, or several whose rows follow each other
    config: Callable[[str], str | tuple[str, ...]] = by_language
    # (row, split, language) -> why a row is not one of this split and language, or None
    drop: Callable[[dict, str, str], str | None] = keep
    # (row, index, language) -> an example of the type
    example: Callable[[dict, int, str], dict[str, Any]] = missing
    tables: dict[str, Table] = field(default_factory=dict)
    # ({table: rows}, language) -> examples
    join: Callable[[dict[str, Iterator[dict]], str], Iterator[dict]] | None = None
    members: tuple["Task", ...] = ()  # of a union: their rows of a language follow one another
    obtain: str = ""  # how a user comes by a folder `local/...`
    any_language: bool = False  # a suite may list further languages: the rows are a user's own

    # What is known of the rows.
    rows: Counts = field(default_factory=dict)  # that a configuration has in the source
    kept_rows: Counts = field(default_factory=dict)  # that become examples, where fewer and known
    # Those of each language, where one configuration holds several; of the train rows one in
    # `held_out` is for development.
    language_rows: Counts = field(default_factory=dict)
    held_out: int = 0
    candidates: Counts = field(default_factory=dict)  # different ones, of all examples together
    # {language: what else its rows hold}; said where there are as many `rows` as expected
    mixed_with: dict[str, str] = field(default_factory=dict)

    # How examples are scored.
    metrics: tuple[str, ...] = ()  # modules of `waystation.metrics`; the first is the main score
    labels: tuple[str, ...] | None = ()  # None: those that occur, sorted
    source_labels: tuple[str, ...] = ()  # the source's classes in its order, where they differ
    chance_percent: float | None = None  # score of a guess, where there is such a level
    trained_on: str | None = None  # the target that is trained for it; None: it is not scored so
    pool: str | None = None  # the task whose test rows are the candidates, where it is another
    # Its folder in XTREME's submission format; `xtreme-r/<folder>` of a version that only XTREME-R
    # has. And the names of the labels there, where they differ.
    xtreme: str | None = None
    xtreme_labels: tuple[str, ...] = ()

    suffix: str = ""  # of the name, TRANSLATED or nothing

    @property
    def name(self) -> str:
        return self.module.rpartition(".")[2] + self.suffix

    @property
    def sources(self) -> dict[str, Table]:
        """The tables that are read: one, `rows`, where nothing is joined."""
        return self.tables or {"rows": Table(self.columns, self.config)}


def names() -> list[str]:
    """All tasks that have a module."""
    return sorted(entry.name for entry in pkgutil.iter_modules(__path__))


def load(name: str) -> Task:
    """A task; UserError names the allowed ones.

    Where no data set offers a translation, `<task>_translated` is a user's own folder,
    `local/<task>_translated`: a configuration a language with the task's columns. The folder holds
    translations of the English training rows under their ids.
    """
    base = name.removesuffix(TRANSLATED)
    if base != name and base in names() and name not in names():
        return translated(load(base))
    return importlib.import_module(f"waystation.tasks.{choose(name, names(), 'task')}").TASK


def translated(task: Task) -> Task:
    """A user's own translation of a task's English training rows."""
    source = members(task)[0]  # rows of a union have the columns of its first member
    return replace(
        task,
        suffix=TRANSLATED,
        repository=f"{LOCAL}{task.name}{TRANSLATED}",
        revision="unpinned",
        members=(),
        columns=source.columns,
        config=by_language,
        drop=lambda row, split, language: source.drop(row, split, ENGLISH),
        example=source.example,
        obtain=(
            f"translated rows of a user's own: a configuration a language, columns "
            f"{', '.join(source.columns or source.tables)}"
        ),
        splits={"train": "train"},
        languages=tuple(code for code in EVERY_LANGUAGE if code != ENGLISH),
        rows={},
        kept_rows={},
        language_rows={},
        source_labels=source.source_labels,
        trained_on=None,
    )


def members(task: Task) -> tuple[Task, ...]:
    """The tasks by which a task's rows are read: the members of a union, else itself."""
    return task.members or (task,)


def members_with(task: Task, language: str) -> list[Task]:
    """Those members that have a language; a generated one is the first member's."""
    return [one for one in members(task) if language in one.languages] or [members(task)[0]]


def repositories(task: Task, languages: tuple[str, ...]) -> dict[str, str]:
    """Repositories in which a task's rows of some languages lie -> their revisions."""
    revisions: dict[str, str] = {}
    for member in (member for code in languages for member in members_with(task, code)):
        revisions[member.repository] = member.revision
        others = [table.repository for table in member.tables.values() if table.repository]
        revisions |= dict.fromkeys(others, "unpinned")
    return revisions


def configurations(task: Task, language: str) -> dict[str, tuple[str, tuple[str, ...]]]:
    """{table: (repository, configurations)} of a language; "rows" where nothing is joined."""
    where = {}
    for name, table in task.sources.items():
        config = table.config(language)
        configs = (config,) if isinstance(config, str) else config
        where[name] = table.repository or task.repository, configs
    return where


def check_languages(task: Task, languages: tuple[str, ...]) -> None:
    """Refuse a language that the data set does not have."""
    if task.any_language:
        return
    known = covered(task, languages)
    if unknown := [code for code in languages if code not in known]:
        raise UserError(
            f"task {task.name!r} has no language {', '.join(unknown)}; "
            f"allowed: {', '.join(task.languages)}, or a generated one (qaa to qtz)"
        )


def served(targets: Collection[str], names: Iterable[str]) -> list[str]:
    """Those of some tasks that are scored after training on one of the targets."""
    return [name for name in names if load(name).trained_on in targets]


def covered(task: Task, languages: tuple[str, ...]) -> tuple[str, ...]:
    """Those of some languages that the data set has; a generated one if it is multilingual."""
    several = len(task.languages) > 1
    return tuple(
        code
        for code in languages
        if code in task.languages or (several and PRIVATE_USE.fullmatch(code))
    )


def expected(counts: Counts, split: str, language: str) -> int | None:
    """What is known of a split and language; None: nothing."""
    known = counts.get(split)
    return known.get(language) if isinstance(known, Mapping) else known


def number(text: str) -> int:
    """The number that a label of a source is as text, in digits and in no other form."""
    if not re.fullmatch("0|[1-9][0-9]*", text):
        raise ValueError(f"label {text!r}; allowed: a whole number in digits")
    return int(text)


def answer_start(context: str, text: str, start: int) -> int:
    """Where an answer stands: at `start`, or, where a stripped context has shifted it, near that.

    Raises ValueError where it stands nowhere near.
    """
    if start >= 0 and context.startswith(text, start):
        return start
    near = [
        index
        for index in range(max(0, start - REACH), start + REACH)
        if context.startswith(text, index)
    ]
    if not near:
        raise ValueError(f"the answer {text!r} is not at {start} in the context")
    return min(near, key=lambda index: abs(index - start))
