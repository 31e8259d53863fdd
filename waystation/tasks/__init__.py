"""One module a task: what a data set is. `load(name)` is the only way in.

A task module holds constants and two functions:

    TYPE         kind of task, a module of `waystation.task_types`
    REPO         repository id on the Hugging Face Hub, or a folder of one's own, `local/...`
    REVISION     40 hexadecimal digits, or "unpinned": resolved and recorded at the download
    LICENSE      of the data
    CITATION     whose data they are, in one line
    COLUMNS      columns that `example` reads, with their types
    SPLITS       ours (train, validation, test) -> the repository's
    ROWS         split of ours -> rows that a configuration has in the source: one number, or one
                 a language; a split or a language that is not there is unknown
    LANGUAGES    codes as the data set writes them
    CHARACTERS   of an example on the average, all of its sequences together; `plan` counts with it
    METRICS      modules of `waystation.metrics`; the first is the main score
    LABELS       names of the labels, where the type has labels
    CHANCE       score of a guess in percent, or None where there is no such level
    TRAINED_ON   the target that is trained for it; None: training data only, or no training
    config(language)                 -> name of the configuration that holds the language, or a
                                        tuple of several, whose rows follow one another
    example(row, index, language)    -> one example of the type

Some hold more:

    XTREME       its folder in XTREME's and XTREME-R's submission format, where it belongs to them;
                 `xtreme-r/<folder>` of a version that only the latter has
    XTREME_LABELS  the names of the labels there, where they are others
    KEPT         as ROWS: the examples that they become, where fewer and known
    LANGUAGE_ROWS  as ROWS: those of each language, where one configuration holds several; HELD_OUT
                 says of how many that train one is for development
    CANDIDATES   as ROWS: the different candidates of all examples, where known
    SOURCE_LABELS  names of the classes in the source, in its order, where they are not LABELS
    OBTAIN       how one comes by a folder `local/...`
    MIXED        {language: what else its rows hold}, told where the number of rows is the known one
    ANY_LANGUAGE True where a suite may list further languages under the task: the rows are a user's
                 own
    POOL         the task whose test rows are the candidates, where they are not its own
    drop(row, split, language)       -> why the row is not one of this split and language, or None;
                                        drops are counted by reason
    tables(language)                 -> {table: configuration} where examples are joined from
                                        several, instead of `config`; COLUMNS has one entry a table,
                                        ROWS counts the first
    ELSEWHERE                        {table: repository} of the tables that are not in REPO
    examples(tables, language)       -> the examples of {table: rows}, instead of `example`
    PARTS        modules whose rows for a language follow one another; they are read as PARTS say,
                 so that REPO, REVISION, COLUMNS, ROWS, `config` and `example` are not needed, and
                 SPLITS only names the splits

Private-use language codes (qaa to qtz) stand for generated languages and are known to every task.
"""

import importlib
import pkgutil
from types import ModuleType, SimpleNamespace

from waystation.base.errors import UserError, choose
from waystation.languages import EVERY_LANGUAGE, PRIVATE_USE

XTREME_COMMIT = "1ed4149b110f0edb04dac2aa44ee7e48d66b9b38"  # google/xtreme, its rows as parquet
REACH = 64  # characters to either side in which a shifted answer is looked for
LOCAL = "local/"  # begins the name of a repository that no Hub has


def names() -> list[str]:
    """All tasks that have a module."""
    return sorted(entry.name for entry in pkgutil.iter_modules(__path__))


def load(name: str) -> ModuleType | SimpleNamespace:
    """The module of a task; UserError names the allowed ones.

    `<task>_translated` of a task whose translation no data set offers is a folder of a user's own,
    `local/<task>_translated`, with a configuration a language and the task's columns, in them
    translations of the English training rows under their ids.
    """
    base = name.removesuffix("_translated")
    if base != name and base in names() and name not in names():
        return _translated(load(base), name)
    return importlib.import_module(f"waystation.tasks.{choose(name, names(), 'task')}")


def _translated(task: ModuleType, name: str) -> SimpleNamespace:
    first = parts(task)[0]  # rows of a union have the columns of its first part
    columns = ", ".join(first.COLUMNS)
    drop = getattr(first, "drop", None)
    own = {
        "REPO": f"{LOCAL}{name}",
        "REVISION": "unpinned",
        "SPLITS": {"train": "train"},
        "ROWS": {},
        "KEPT": {},
        "PARTS": None,
        "LANGUAGES": tuple(code for code in EVERY_LANGUAGE if code != "en"),
        "TRAINED_ON": None,
        "OBTAIN": f"translated rows of one's own: a configuration a language, columns {columns}",
        "config": lambda language: language,
        "drop": lambda row, split, language: drop and drop(row, split, "en"),
    }
    return SimpleNamespace(**vars(first) | vars(task) | own)


def parts(task: ModuleType) -> tuple[ModuleType, ...]:
    """The modules by which a task's rows are read: its own, or those of its parts."""
    return getattr(task, "PARTS", None) or (task,)


def parts_with(task: ModuleType, language: str) -> list[ModuleType]:
    """Those parts that have a language; a generated one is the first part's."""
    return [part for part in parts(task) if language in part.LANGUAGES] or [parts(task)[0]]


def repositories(task: ModuleType, languages: tuple[str, ...]) -> dict[str, str]:
    """Repositories in which a task's rows of some languages lie -> their revisions."""
    found = {}
    for part in (part for language in languages for part in parts_with(task, language)):
        found[part.REPO] = part.REVISION
        found |= dict.fromkeys(getattr(part, "ELSEWHERE", {}).values(), "unpinned")
    return found


def configurations(task: ModuleType, language: str) -> dict[str, tuple[str, tuple[str, ...]]]:
    """{table: (repository, configurations)} of a language; "rows" where nothing is joined."""
    if not hasattr(task, "tables"):
        found = task.config(language)
        return {"rows": (task.REPO, (found,) if isinstance(found, str) else found)}
    elsewhere = getattr(task, "ELSEWHERE", {})
    return {
        table: (elsewhere.get(table, task.REPO), (config,))
        for table, config in task.tables(language).items()
    }


def check_languages(task: ModuleType, languages: tuple[str, ...]) -> None:
    """Refuse a language that the data set does not have."""
    if getattr(task, "ANY_LANGUAGE", False):
        return
    unknown = [code for code in languages if code not in covered(task, languages)]
    if unknown:
        name = task.__name__.rpartition(".")[2]
        raise UserError(
            f"task {name!r} has no language {', '.join(unknown)}; "
            f"allowed: {', '.join(task.LANGUAGES)}, or a generated one (qaa to qtz)"
        )


def covered(task: ModuleType, languages: tuple[str, ...]) -> tuple[str, ...]:
    """Those of some languages that the data set has; a generated one if it is multilingual."""
    several = len(task.LANGUAGES) > 1
    return tuple(
        code
        for code in languages
        if code in task.LANGUAGES or (several and PRIVATE_USE.fullmatch(code))
    )


def place(context: str, text: str, start: int) -> int:
    """Where an answer stands: at `start`, or, where a stripped context has shifted it, near that.

    Raises ValueError where it stands nowhere near.
    """
    if start >= 0 and context.startswith(text, start):
        return start
    near = [
        place
        for place in range(max(0, start - REACH), start + REACH)
        if context.startswith(text, place)
    ]
    if not near:
        raise ValueError(f"the answer {text!r} is not at {start} in the context")
    return min(near, key=lambda place: abs(place - start))
