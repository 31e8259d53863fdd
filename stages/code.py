"""Write one digest file per entry point over its import closure, so that DVC sees imports.

DVC hashes bytes and does not see imports. Every other stage depends on just its own file here: a
line per module of the closure, with a digest of its syntax tree. Comments, layout and docstrings do
not count, nor do the rooms that only run a stage (`waystation.frame.code_digest` names them).
Modules that are imported by key (a task, a kind of task, a metric) are part of the closure of the
cells that use the key.
"""

import pkgutil
from pathlib import Path

from waystation import tasks
from waystation.base.errors import UserError
from waystation.base.progress import progress
from waystation.files import checksum
from waystation.frame.code_digest import PACKAGES, closure, digest
from waystation.frame.stage import stage
from waystation.grid import recipes
from waystation.params.schema import Settings

PLAIN = ["generate", "sources", "tokenizer", "pretrain", "fetch", "lengths", "recipes"]


def main() -> None:
    with stage(
        __doc__,
        planned=["stages"],
        outputs=["out"],
        params=[
            "source",
            "generators",
            "tasks",
            "recipes",
            "extra",
            "multitask",
            "orders",
            "intermediate",
            "target",
            "align",
        ],
    ) as run:
        check_source(run.settings)
        # Only sources: Python writes its caches beside them while this stage runs.
        sources = [file for package in PACKAGES for file in Path(package).rglob("*.py")]
        run.guard({str(file): checksum(file) for file in sources})
        entries = entry_points(run.settings)
        for name, modules in progress(entries.items(), len(entries), "code", "entry points"):
            file = run.outputs["out"] / name
            file.parent.mkdir(parents=True, exist_ok=True)
            lines = [f"{module} {digest(module)}" for module in sorted(closure(modules))]
            file.write_text("\n".join(lines) + "\n")
        run.made = f"{len(entries)} entry points"


def check_source(settings: Settings) -> None:
    """Say which parameter names a folder that is not there; DVC would only say `No such file`."""
    file = Path(settings.source.depends_on)
    if not settings.generators and not file.exists():
        raise UserError(
            f"{settings.file}: source.depends_on: {file} does not exist; a suite of real rows "
            f"needs a folder in the Hub's layout there, as source.prefix, or the prefix `hub`"
        )


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
    for group, targets in settings.target.groups.items():
        chosen = {name: settings.target.tasks[name] for name in targets}
        trained = [entry.task or name for name, entry in chosen.items()]
        owners = {entry.owner(name) for name, entry in chosen.items()}
        before = [entry.after for entry in chosen.values()]
        before = [settings.target.tasks[n].task or n for n in before if n]
        served = [t for t in settings.tasks if tasks.load(t).trained_on in owners]
        entries[f"target/{group}"] = ["stages.target", *by_key([*trained, *before])]
        entries[f"evaluate/{group}"] = ["stages.evaluate", *by_key([*trained, *served])]
        entries[f"benchmark/{group}"] = ["stages.benchmark", *by_key([*trained, *served])]
    entries["align"] = ["stages.align"]
    entries["report"] = ["stages.report", *members("waystation.report.figures"), *modules]
    return entries


def by_key(names: list[str]) -> list[str]:
    """The type and the metrics of tasks: modules that no import statement names."""
    used = [tasks.load(name) for name in names]
    kinds = {f"waystation.task_types.{task.type}" for task in used}
    return sorted(kinds | {f"waystation.metrics.{m}" for task in used for m in task.metrics})


def members(package: str) -> list[str]:
    """All modules of a package."""
    folder = Path(*package.split("."))
    return [f"{package}.{entry.name}" for entry in pkgutil.iter_modules([str(folder)])]


if __name__ == "__main__":
    main()
