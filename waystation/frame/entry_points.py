"""The entry points of the digest files: from which modules the closure of each one starts.

Modules that are imported by key (a task, a kind of task, a metric, merging) are part of the closure
of the cells that use the key.
"""

import pkgutil
from collections.abc import Iterable
from pathlib import Path

from waystation import tasks
from waystation.grid import recipes
from waystation.grid.recipe_names import parse
from waystation.params.schema import Settings

PLAIN = ["generate", "sources", "tokenizer", "pretrain", "fetch", "lengths", "recipes"]


def entry_points(settings: Settings) -> dict[str, list[str]]:
    """Name of each digest file -> the modules from which its closure starts."""
    entries = {name: [f"stages.{name}"] for name in PLAIN}
    entries["generate"] += members("waystation.tasks")  # rows have the columns of the tasks
    modules = [tasks.load(task).module for task in settings.tasks]
    entries["sources"] += modules  # a repository and its revision
    for task in settings.tasks:
        entries[f"download/{task}"] = ["stages.download", tasks.load(task).module]
    for recipe in settings.all_recipes:
        trainings = recipes.phases(recipe, settings)
        used = [task for training in trainings for task in recipes.used(training)]
        entries[f"intermediate/{recipe}"] = ["stages.intermediate", *by_key(used)]
        if parse(recipe).method:
            entries[f"intermediate/{recipe}"].append("waystation.training.merging")
    for group, targets in settings.target.groups.items():
        chosen = {name: settings.target.tasks[name] for name in targets}
        trained = [entry.task or name for name, entry in chosen.items()]
        owners = {entry.owner(name) for name, entry in chosen.items()}
        first = [entry.after for entry in chosen.values() if entry.after]
        before = [settings.target.tasks[name].task or name for name in first]
        served = tasks.served(owners, settings.tasks)
        entries[f"target/{group}"] = ["stages.target", *by_key([*trained, *before])]
        entries[f"evaluate/{group}"] = ["stages.evaluate", *by_key([*trained, *served])]
        entries[f"evaluate/{group}"] += types_of(served)
        for verb in ("snapshots", "benchmark"):
            entries[f"{verb}/{group}"] = [f"stages.{verb}", *by_key([*trained, *served])]
        entries[f"snapshots/{group}"] += types_of(served)
    entries["recipes"] += types_of(settings.align.tasks)
    known = [*settings.intermediate.tasks, *(s.task or n for n, s in settings.target.tasks.items())]
    entries["promise"] = ["stages.promise", *by_key(known)]
    trimmed = [settings.trim.target] if settings.trim.languages else []
    owners = {settings.target.tasks[name].owner(name) for name in trimmed}
    entries["trim"] = ["stages.trim", *by_key(tasks.served(owners, settings.tasks))]
    entries["align"] = ["stages.align", *types_of(settings.align.tasks)]
    entries["report"] = ["stages.report", *members("waystation.report.figures"), *modules]
    return entries


def by_key(names: list[str]) -> list[str]:
    """The heads and the metrics of tasks: modules that no import statement names."""
    used = [tasks.load(name) for name in names]
    kinds = {f"waystation.heads.{task.type}" for task in used}
    return sorted(kinds | {f"waystation.metrics.{m}" for task in used for m in task.metrics})


def types_of(names: Iterable[str]) -> list[str]:
    """The files of the kinds of some tasks, which write submissions and plan alignments."""
    return sorted({f"waystation.task_types.{tasks.load(name).type}" for name in names})


def members(package: str) -> list[str]:
    """All modules of a package."""
    folder = Path(*package.split("."))
    return [f"{package}.{entry.name}" for entry in pkgutil.iter_modules([str(folder)])]
