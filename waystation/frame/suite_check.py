"""Refuse parameters of which the rooms above `params` know that no stage could run with them.

At the start of every run and every stage, so that nobody waits hours for an error: tasks that have
no file, languages that no data set has, recipes without rows, targets that score nothing, encoders
aligned on a task that is no alignment, published scores of an unknown benchmark.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from waystation import tasks
from waystation.base.errors import UserError, choose
from waystation.data.origins import check_languages
from waystation.data.source_rows import wanted_languages
from waystation.fetched.entry import check_entry
from waystation.grid import recipes
from waystation.grid.planning import hold_mixed, languages_of, rows_of
from waystation.languages import ENGLISH
from waystation.params.load import load_settings, located
from waystation.params.models import FetchedModel
from waystation.params.schema import Settings
from waystation.report.published import averages, measures
from waystation.tasks import Task
from waystation.world import grammar
from waystation.world.meanings import TOPICS
from waystation.xtreme.benchmarks import BENCHMARKS

UNTRAINED = ("retrieval", "mining")  # kinds of task that an encoder does alone


def read_suite(path: Path) -> Settings:
    """Read a whole `params.yaml` and check everything that is known before a stage runs."""
    suite = load_settings(path)
    with located(path):
        check(suite)
    return suite


def check(suite: Settings) -> None:
    """A UserError names the file, the key and what is allowed."""
    check_models(suite)
    check_world(suite)
    check_tasks(suite)
    check_recipes(suite)
    for group in suite.target.groups.values():
        for name in group:
            check_target(name, suite, scored=True)
    check_alignment(suite)
    check_measured(suite)
    check_published(suite)


@contextmanager
def at(suite: Settings, key: str) -> Iterator[None]:
    """Have errors begin with the file and a key."""
    try:
        yield
    except UserError as problem:
        text = str(problem).removeprefix(f"{suite.file}: ").removeprefix(f"{key}: ")
        raise UserError(f"{suite.file}: {key}: {text}") from None


def check_models(suite: Settings) -> None:
    """Fetched models are of a known family, their files those of one model."""
    for name, model in suite.models.items():
        if isinstance(model, FetchedModel):
            with at(suite, f"models.{name}"):
                check_entry(model)


def check_world(suite: Settings) -> None:
    """The generated world has as many topics as are asked for, and can say its languages."""
    world = suite.world
    if not suite.generators:
        return
    if world is None:
        raise UserError(f"{suite.file}: generators: a generated world needs the section world")
    with at(suite, "world"):
        if world.topics > len(TOPICS):
            raise UserError(f"topics is {world.topics}; allowed: 1 to {len(TOPICS)}")
        grammar.build(world.languages, world.seed)


def check_tasks(suite: Settings) -> None:
    """Every task has a file and some of the languages, every language some task."""
    for name, limits in suite.tasks.items():
        with at(suite, f"tasks.{name}"):
            pool = tasks.load(name).pool
            wanted_languages(name, limits, suite.languages)
            if pool is not None:
                choose(pool, suite.tasks, f"task (its candidates are the rows of {pool!r}):")
    with at(suite, "languages"):
        check_languages(suite.languages, suite.tasks, suite.file)


def check_recipes(suite: Settings) -> None:
    """Every recipe has its settings and the rows that it reads."""
    for name in suite.intermediate.tasks:
        hold_trainable(name, suite, f"intermediate.tasks.{name}")
    for key, names in (("recipes", suite.recipes), ("extra.recipes", suite.extra.recipes)):
        for name in names:
            with at(suite, key):
                for training in recipes.phases(name, suite):
                    for task in recipes.used(training):
                        choose(task, suite.tasks, f"task (recipe {name!r} needs its rows):")
                    hold_mixed(name, training, suite)


def check_target(name: str, suite: Settings, scored: bool) -> None:
    """A target has rows in all of its languages, and one that is `scored` serves some task."""
    key, settings = f"target.tasks.{name}", suite.target.tasks[name]
    with at(suite, key):
        trained = choose(settings.task or name, suite.tasks, "task (a target's rows are its):")
        hold_trainable(trained, suite, key)
        languages_of(name, settings, suite)
        for task, code in rows_of(name, suite):
            hold_language(task, code, suite)
        if scored and not tasks.served([settings.owner(name)], suite.tasks):
            raise UserError(f"target {name!r} serves none of the tasks {', '.join(suite.tasks)}")
    if settings.after:
        check_target(settings.after, suite, scored=False)


def hold_trainable(name: str, suite: Settings, key: str) -> None:
    task = tasks.load(name)
    if task.type in UNTRAINED or "train" not in task.splits:
        splits = ", ".join(task.splits)
        raise UserError(
            f"{suite.file}: {key}: task {name!r} of type {task.type} has the splits {splits}; "
            f"allowed: a task that is trained, with the split train"
        )


def hold_language(name: str, code: str, suite: Settings) -> None:
    """A task is downloaded in a language."""
    task: Task = tasks.load(choose(name, suite.tasks, "task"))
    codes = wanted_languages(name, suite.tasks[name], suite.languages)
    if code not in codes and not (code == ENGLISH and ENGLISH in task.languages):
        raise UserError(f"languages: no rows of {name!r} in {code!r}; allowed: {', '.join(codes)}")


def foreign_languages(name: str, suite: Settings) -> tuple[str, ...]:
    """The languages whose sentences a task pairs with English ones; English is none of them."""
    codes = wanted_languages(name, suite.tasks[name], suite.languages)
    if ENGLISH in codes:
        others = ", ".join(code for code in codes if code != ENGLISH)
        raise UserError(
            f"languages of task {name!r}, which pairs each with English, has {ENGLISH!r}; "
            f"allowed: {others}"
        )
    return codes


def check_alignment(suite: Settings) -> None:
    """Encoders are aligned on retrieval and mining; development languages are some task's."""
    languages: set[str] = set()
    for name in suite.align.tasks:
        with at(suite, "align.tasks"):
            choose(tasks.load(name).type, UNTRAINED, f"type of task {name!r}:")
            languages |= {*foreign_languages(name, suite)}
    for code in suite.align.development_languages if suite.align.tasks else ():
        with at(suite, "align.development_languages"):
            choose(code, sorted(languages), "language")


def check_measured(suite: Settings) -> None:
    """Speed is measured on tasks that the target is scored on; a recipe may be one that a narrower
    grid leaves out."""
    measured = {"snapshots": suite.snapshots.recipes, "benchmark": suite.benchmark.recipes}
    for key, names in measured.items():
        for recipe in names:
            with at(suite, f"{key}.recipes"):
                recipes.phases(recipe, suite)
    for name, asked in suite.benchmark.tests.items():
        scored = tasks.served([suite.target.tasks[name].owner(name)], suite.tasks)
        with at(suite, f"benchmark.tests.{name}"):
            for task in asked:
                choose(task, scored, f"task that target {name!r} is scored on:")


def check_published(suite: Settings) -> None:
    """Names of `report.reference`."""
    for name, published in suite.report.reference.items():
        where = f"{suite.file}: report.reference.{name}"
        if published.benchmark is not None:
            choose(published.benchmark, BENCHMARKS, "name", f"{where}.benchmark")
        for scored, values in published.scores.items():
            choose(scored, [*suite.tasks, *averages(published)], "name", f"{where}.scores")
            for measure in values:
                allowed = measures(published, scored)
                choose(measure, allowed, "measure", f"{where}.scores.{scored}")
