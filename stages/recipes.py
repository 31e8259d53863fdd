"""Resolve what every cell of the grid is made from: one small file a recipe, group and evaluation.

Each names its tasks, the checksums of just those rows that the cell reads, and its settings. A cell
depends on its own file, so it reruns exactly when its own data or settings change.

Recipes: `none` (the pretrained encoder), `random` (the same model, not pretrained), `<task>`,
`<task>+mlm` (masked language modelling mixed in), `<task>+translated` (English rows and
machine-translated ones), `multitask/<set>`, `sequential/<order>/<k>` (the first k tasks of an
order, one after the other). The task `text` is masked language modelling on the raw text of all
languages, alone or in a set or an order; all others are trained in English.
"""

import dataclasses
from pathlib import Path

from stages import examples, stopping
from stages.cell import CONTROLS, SOURCE_LANGUAGE, TEXT
from stages.command import checksum, stage, write_json
from stages.errors import UserError, choose
from stages.progress import progress
from stages.settings import Settings


def main() -> None:
    with stage(
        __doc__,
        inputs=["code", "tasks"],
        outputs=["out"],
        params=["recipes", "extra", "multitask", "orders", "intermediate", "target", "align"],
    ) as run:
        settings, folder, out = run.settings, run.inputs["tasks"], run.outputs["out"]
        names = settings.all_recipes
        for name in progress(names, len(names), "recipes", "recipes"):
            write_json(out / "intermediate" / f"{name}.json", recipe(name, settings, folder))
        groups = settings.target.groups.items()
        for name, targets in progress(groups, len(groups), "recipes", "groups of targets"):
            plan = group({t: target(t, settings, folder) for t in targets})
            plan["checkpoints"] = settings.target.checkpoints
            plan["stopping"] = stopping.planned(settings.target.stopping)
            write_json(out / "target" / f"{name}.json", plan)
            plan = group({t: evaluation(t, settings, folder) for t in targets})
            write_json(out / "evaluate" / f"{name}.json", plan)
        write_json(out / "align.json", alignment(settings, folder))
        run.made = f"{len(settings.all_recipes)} recipes, {len(settings.target.tasks)} targets"


def phases(name: str, settings: Settings) -> list[dict]:
    """The phases of a recipe, in order: [{tasks, steps, cap, mixed}].

    `steps` None means the epochs of the one task; `mixed` is "mlm", "translated" or None.
    """
    kind, _, rest = name.partition("/")
    if name in CONTROLS:
        return []
    if kind == "multitask":
        chosen = settings.multitask[choose(rest, settings.multitask, "multitask set")]
        told = {"tasks": list(chosen.tasks), "steps": chosen.steps, "cap": chosen.cap}
        return [told | {"mixed": None}]
    if kind == "sequential":
        order, _, length = rest.partition("/")
        tasks = settings.orders[choose(order, settings.orders, "order")]
        if not length.isdigit() or not 1 <= int(length) <= len(tasks):
            raise UserError(
                f"recipe {name!r}: order {order!r} has {len(tasks)} tasks; "
                f"allowed: sequential/{order}/1 to sequential/{order}/{len(tasks)}"
            )
        return [single(task) for task in tasks[: int(length)]]
    task, _, mixed = name.partition("+")
    known = settings.intermediate.tasks
    tasks = [t for t in known if t != TEXT]
    allowed = [*CONTROLS, *known, *(f"{t}+{m}" for t in tasks for m in ("mlm", "translated"))]
    allowed += [f"multitask/{key}" for key in settings.multitask]
    allowed += [f"sequential/{key}/<k>" for key in settings.orders]
    choose(name, allowed, "recipe")
    return [single(task, mixed or None)]


def single(task: str, mixed: str | None = None) -> dict:
    return {"tasks": [task], "steps": None, "cap": None, "mixed": mixed}


def used(phase: dict) -> list[str]:
    """All tasks whose rows a phase reads."""
    extra = {"mlm": [TEXT], "translated": [f"{phase['tasks'][0]}_translated"]}
    return [*phase["tasks"], *extra.get(phase["mixed"], [])]


def recipe(name: str, settings: Settings, folder: Path) -> dict:
    """A recipe: per phase its tasks, rows (task, language) and settings; checksums of all rows."""
    resolved, files = [], {}
    for phase in phases(name, settings):
        chosen = {task: settings.fine_tuning("intermediate", task) for task in phase["tasks"]}
        if phase["steps"] is not None:  # a step budget: how many epochs it makes is not asked
            chosen = {task: dataclasses.replace(s, epochs=0.0) for task, s in chosen.items()}
        rows = {}
        for task in phase["tasks"]:
            splits, codes = ["train", "validation"], [SOURCE_LANGUAGE]
            if task == TEXT:
                splits, codes = ["train"], examples.languages(folder / TEXT, "train")
            files |= checksums(folder, task, settings, splits, codes)
            rows[task] = [[task, code] for code in codes]
        for task in used(phase)[len(phase["tasks"]) :]:  # what is mixed in
            choose(task, settings.tasks, f"task (recipe {name!r} needs its rows):")
            found = examples.languages(folder / task, "train")
            files |= checksums(folder, task, settings, ["train"], found)
            head = TEXT if task == TEXT else phase["tasks"][0]
            rows.setdefault(head, []).extend([task, code] for code in found)
        told = {task: dataclasses.asdict(s) for task, s in chosen.items()}
        if phase["mixed"] == "mlm":
            told[TEXT] = masked_settings(name, settings)
        resolved.append(phase | {"rows": rows, "settings": told})
    seed = settings.intermediate.seed if resolved else 0
    told = {"recipe": name, "phases": resolved, "seed": seed, "files": files}
    return told | {"stopping": stopping.planned(settings.intermediate.stopping)}


def masked_settings(recipe: str, settings: Settings) -> dict:
    if settings.intermediate.mlm is None:
        raise UserError(f"{settings.file}: recipe {recipe!r} needs the key intermediate.mlm")
    return dataclasses.asdict(settings.intermediate.mlm)


def group(targets: dict[str, dict]) -> dict:
    """The plans of several targets as one; the files together."""
    files = {name: value for plan in targets.values() for name, value in plan.pop("files").items()}
    return {"targets": targets, "files": files}


def target(name: str, settings: Settings, folder: Path) -> dict:
    """A target's rows (task, language), settings, and the checksums of its rows; `after`: the same
    of the target that is trained before it.

    Rows of another language than English are machine-translated ones, `<task>_translated`, where
    the suite has them, else the task's own.
    """
    chosen = settings.fine_tuning("target", name)
    task = chosen.task or name
    files = checksums(folder, task, settings, ["train", "validation"], [SOURCE_LANGUAGE])
    rows = [[task, SOURCE_LANGUAGE]]
    if chosen.languages[:1] != (SOURCE_LANGUAGE,):
        raise UserError(
            f"{settings.file}: target.tasks.{name}.languages must begin with "
            f"{SOURCE_LANGUAGE!r}, got {list(chosen.languages)}"
        )
    for code in chosen.languages[1:]:
        translated = f"{task}_translated"
        source = translated if translated in settings.tasks else task
        files |= checksums(folder, source, settings, ["train"], [code])
        rows.append([source, code])
    before = target(chosen.after, settings, folder) if chosen.after else None
    files |= before.pop("files") if before else {}
    told = {"task": task, "rows": rows, "settings": dataclasses.asdict(chosen), "after": before}
    return told | {"files": files}


def evaluation(name: str, settings: Settings, folder: Path) -> dict:
    """The tasks that a target serves, with their rows in every language."""
    chosen = settings.fine_tuning("target", name)
    trained = chosen.task or name
    owner = chosen.owner(name)
    served = [task for task in settings.tasks if serves(folder, task, owner)]
    if not served:
        raise UserError(f"target {name!r} serves none of the tasks {', '.join(settings.tasks)}")
    files = {}
    for task in served:
        for split in ("validation", "test"):
            found = examples.languages(folder / task, split)
            files |= checksums(folder, task, settings, [split], found)
        if pool := examples.read_description(folder / task).pool:
            found = examples.languages(folder / choose(pool, settings.tasks, "task"), "test")
            files |= checksums(folder, pool, settings, ["test"], found)
    lengths = {"max_tokens": chosen.max_tokens, "stride": chosen.stride}
    told = {"task": trained, "languages": list(chosen.languages), "tasks": served}
    return told | {"settings": lengths, "files": files}


def serves(folder: Path, task: str, target: str) -> bool:
    return examples.read_description(folder / task).trained_on == target


def alignment(settings: Settings, folder: Path) -> dict:
    """The retrieval tasks; those that mine choose a threshold on development rows."""
    files = {}
    for task in settings.align.tasks:
        choose(task, settings.tasks, "task")
        mines = examples.read_description(folder / task).type == "mining"
        for split in ("validation", "test") if mines else ("test",):
            found = examples.languages(folder / task, split)
            if not found:
                raise UserError(f"{settings.file}: align.tasks: {task} has no {split} rows")
            files |= checksums(folder, task, settings, [split], found)
    return {"tasks": list(settings.align.tasks), "files": files}


def checksums(
    folder: Path, task: str, settings: Settings, splits: list[str], languages: list[str]
) -> dict[str, str]:
    """{path below the tasks folder: SHA-256} of a task's rows and its description."""
    choose(task, settings.tasks, "task")
    files = [examples.path(folder / task, s, code) for s in splits for code in languages]
    for file in files:
        if not file.is_file():
            raise UserError(f"task {task!r} has no {file.parent.name} rows for {file.stem!r}")
    files.append(folder / task / "task.json")
    return {str(file.relative_to(folder)): checksum(file) for file in files}


if __name__ == "__main__":
    main()
