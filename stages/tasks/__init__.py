"""One module a task: what a data set is. `load(name)` is the only way in.

A task module holds constants and two functions:

    TYPE         kind of task, a module of `stages.types`
    REPO         repository id on the Hugging Face Hub, or the folder `local/...`
    REVISION     40 hexadecimal digits, or "unpinned": resolved and recorded at the download
    LICENSE      of the data
    COLUMNS      columns that `example` reads, with their types
    SPLITS       ours (train, validation, test) -> the repository's
    LANGUAGES    codes as the data set writes them
    METRICS      modules of `stages.scoring`; the first is the main score
    LABELS       names of the labels, where the type has labels
    CHANCE       score of a guess in percent, or None where there is no such level
    TRAINED_ON   the target that is trained for it; None: training data only, or no training
    config(language)                 -> name of the configuration that holds the language
    example(row, index, language)    -> one example of the type

Some hold more:

    XTREME       its folder in XTREME's and XTREME-R's submission format, where it belongs to them
    XTREME_LABELS  the names of the labels there, where they are others
    POOL         the task whose test rows are the candidates, where they are not its own
    keep(row, split, language)       -> is the row one of this split and language? If not, it is
                                        dropped and counted
    tables(language)                 -> {table: configuration} where examples are joined from
                                        several, instead of `config`; COLUMNS has one entry a table
    examples(tables, language)       -> the examples of {table: rows}, instead of `example`

Private-use language codes (qaa to qtz) stand for generated languages and are known to every task.
"""

import importlib
import pkgutil
import re
from types import ModuleType, SimpleNamespace

from stages.errors import UserError, choose

PRIVATE_USE = re.compile(r"q[a-t][a-z]")


def names() -> list[str]:
    """All tasks that have a module."""
    return sorted(entry.name for entry in pkgutil.iter_modules(__path__))


def load(name: str) -> ModuleType | SimpleNamespace:
    """The module of a task; UserError names the allowed ones.

    `<task>_translated` of a task whose translation no data set offers is a folder of a user's own,
    `local/<task>_translated`, with a configuration a language and the task's columns.
    """
    base = name.removesuffix("_translated")
    if base != name and base in names() and name not in names():
        return _translated(load(base), name)
    return importlib.import_module(f"stages.tasks.{choose(name, names(), 'task')}")


def _translated(task: ModuleType, name: str) -> SimpleNamespace:
    own = {
        "REPO": f"local/{name}",
        "REVISION": "unpinned",
        "SPLITS": {"train": "train"},
        "LANGUAGES": load("tatoeba").LANGUAGES,
        "TRAINED_ON": None,
        "config": lambda language: language,
    }
    return SimpleNamespace(**vars(task) | own)


def check_languages(task: ModuleType, languages: tuple[str, ...]) -> None:
    """Refuse a language that the data set does not have."""
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
