"""Resolve what every cell of the grid is made from: its plan, with the checksums of its rows."""

import dataclasses
from pathlib import Path

from waystation import task_types
from waystation.base.errors import UserError, choose
from waystation.data import examples
from waystation.files import checksum
from waystation.grid.alignment_plan import AlignmentPlan
from waystation.grid.names import TEXT
from waystation.grid.plans import (
    EvaluationGroupPlan,
    EvaluationPlan,
    Files,
    InputLengths,
    Phase,
    RecipePlan,
    Rows,
    TargetGroupPlan,
    TargetPlan,
)
from waystation.grid.promise_plan import PromisePlan
from waystation.grid.recipes import Training, phases, used
from waystation.languages import ENGLISH
from waystation.params.schema import FineTuning, MaskedLanguageModelling, Settings, TargetTask

BUDGETED_EPOCHS = 1.0  # of a task with a budget of steps: how many epochs it makes is not asked


def recipe(name: str, suite: Settings, folder: Path) -> RecipePlan:
    """A recipe's phases, with the checksums of all their rows; `folder` holds the tasks."""
    planned: list[Phase] = []
    files: Files = {}
    for training in phases(name, suite):
        phase, read = plan_phase(name, training, suite, folder)
        planned.append(phase)
        files |= read
    seed = suite.intermediate.seed if planned else 0
    return RecipePlan(name, tuple(planned), seed, suite.intermediate.stopping, files)


def plan_phase(name: str, training: Training, suite: Settings, folder: Path) -> tuple[Phase, Files]:
    """One phase of the recipe `name`, and the checksums of its rows."""
    settings: dict[str, FineTuning | MaskedLanguageModelling] = {}
    for task in training.tasks:
        own = suite.intermediate.tasks[task]
        budgeted = training.steps is not None
        settings[task] = dataclasses.replace(own, epochs=BUDGETED_EPOCHS) if budgeted else own
    rows: dict[str, list[tuple[str, str]]] = {}
    files: Files = {}
    for task in training.tasks:
        splits, codes = ["train", "validation"], [ENGLISH]
        if task == TEXT:
            splits, codes = ["train"], examples.languages(folder / TEXT, "train")
        files |= checksums(folder, task, suite, splits, codes)
        rows[task] = [(task, code) for code in codes]
    for task in used(training)[len(training.tasks) :]:  # what is mixed in
        choose(task, suite.tasks, f"task (recipe {name!r} needs its rows):")
        codes = examples.languages(folder / task, "train")
        files |= checksums(folder, task, suite, ["train"], codes)
        head = TEXT if task == TEXT else training.tasks[0]
        rows.setdefault(head, []).extend((task, code) for code in codes)
    if training.mixed == "mlm":
        settings[TEXT] = masked_settings(name, suite)
    paired = {head: tuple(pairs) for head, pairs in rows.items()}
    return Phase(**dataclasses.asdict(training), rows=paired, settings=settings), files


def hold_mixed(recipe: str, training: Training, suite: Settings) -> None:
    """Refuse what is mixed into a training without its settings."""
    if training.mixed == "mlm":
        masked_settings(recipe, suite)


def masked_settings(recipe: str, suite: Settings) -> MaskedLanguageModelling:
    if suite.intermediate.mlm is None:
        raise UserError(f"{suite.file}: recipe {recipe!r} needs the key intermediate.mlm")
    return suite.intermediate.mlm


def target_group(names: tuple[str, ...], suite: Settings, folder: Path) -> TargetGroupPlan:
    """The plans of several targets."""
    targets = {}
    files: Files = {}
    for name in names:
        targets[name], read = target(name, suite, folder)
        files |= read
    return TargetGroupPlan(targets, suite.target.checkpoints, suite.target.stopping, files)


def target(name: str, suite: Settings, folder: Path) -> tuple[TargetPlan, Files]:
    """A target's rows and settings, and the checksums of its rows.

    With development rows of the source language, English.
    """
    settings, rows = suite.target.tasks[name], rows_of(name, suite)
    task = settings.task or name
    files = checksums(folder, task, suite, ["train", "validation"], [ENGLISH])
    for source, code in rows[1:]:
        files |= checksums(folder, source, suite, ["train"], [code])
    before = None
    if settings.after:
        before, read = target(settings.after, suite, folder)
        files |= read
    return TargetPlan(task, rows, settings, before), files


def rows_of(name: str, suite: Settings) -> Rows:
    """The tasks and languages of a target's training rows, English first.

    Rows of another language than English are those of the task that the target names for them; else
    machine-translated ones, `<task>_translated`, where the suite has them; else the task's own.
    """
    settings = suite.target.tasks[name]
    task = settings.task or name
    translated = f"{task}_translated"
    source = settings.translations or (translated if translated in suite.tasks else task)
    others = languages_of(name, settings, suite)[1:]
    return ((task, ENGLISH), *((source, code) for code in others))


def languages_of(name: str, settings: TargetTask, suite: Settings) -> tuple[str, ...]:
    """The languages of a target's fine-tuning, English first."""
    languages = settings.languages or (ENGLISH,)
    if languages[0] != ENGLISH:
        raise UserError(
            f"{suite.file}: target.tasks.{name}.languages must begin with "
            f"{ENGLISH!r}, got {list(languages)}"
        )
    return languages


def evaluation_group(names: tuple[str, ...], suite: Settings, folder: Path) -> EvaluationGroupPlan:
    """The evaluations of several targets."""
    targets = {}
    files: Files = {}
    for name in names:
        targets[name], read = evaluation(name, suite, folder)
        files |= read
    return EvaluationGroupPlan(targets, files)


def evaluation(name: str, suite: Settings, folder: Path) -> tuple[EvaluationPlan, Files]:
    """The tasks that a target serves, and the checksums of their rows in every language."""
    settings = suite.target.tasks[name]
    owner = settings.owner(name)
    served = tuple(
        task for task in suite.tasks if examples.read_description(folder / task).trained_on == owner
    )
    if not served:
        raise UserError(f"target {name!r} serves none of the tasks {', '.join(suite.tasks)}")
    files: Files = {}
    for task in served:
        for split in ("validation", "test"):
            codes = examples.languages(folder / task, split)
            files |= checksums(folder, task, suite, [split], codes)
        if pool := examples.read_description(folder / task).pool:
            codes = examples.languages(folder / choose(pool, suite.tasks, "task"), "test")
            files |= checksums(folder, pool, suite, ["test"], codes)
    lengths = InputLengths(settings.max_tokens, settings.stride)
    languages = languages_of(name, settings, suite)
    return EvaluationPlan(settings.task or name, languages, served, lengths), files


def promise(suite: Settings, folder: Path) -> PromisePlan:
    """What ranks intermediate tasks: the English training rows of these and of targets' tasks."""
    trained = {name: own for name, own in suite.intermediate.tasks.items() if name != TEXT}
    sources = {name: InputLengths(own.max_tokens, own.stride) for name, own in trained.items()}
    targets: dict[str, InputLengths] = {}
    for name in (name for names in suite.target.groups.values() for name in names):
        settings = suite.target.tasks[name]
        lengths = InputLengths(settings.max_tokens, settings.stride)
        targets.setdefault(settings.task or name, lengths)
    files: Files = {}
    for task in {**sources, **targets}:
        files |= checksums(folder, task, suite, ["train"], [ENGLISH])
    return PromisePlan(sources, targets, files)


def alignment(suite: Settings, folder: Path) -> AlignmentPlan:
    """The tasks on which encoders are scored without training, with the splits that are read."""
    files: Files = {}
    for task in suite.align.tasks:
        choose(task, suite.tasks, "task")
        kind = task_types.load(examples.read_description(folder / task).type)
        for split in kind.aligned_splits:
            codes = examples.languages(folder / task, split)
            if not codes:
                raise UserError(f"{suite.file}: align.tasks: {task} has no {split} rows")
            files |= checksums(folder, task, suite, [split], codes)
    return AlignmentPlan(suite.align.tasks, files)


def checksums(
    folder: Path, task: str, suite: Settings, splits: list[str], languages: list[str]
) -> Files:
    """Of a task's rows and its description."""
    choose(task, suite.tasks, "task")
    files = [examples.path(folder / task, s, code) for s in splits for code in languages]
    for file in files:
        if not file.is_file():
            raise UserError(f"task {task!r} has no {file.parent.name} rows for {file.stem!r}")
    files.append(folder / task / "task.json")
    return {str(file.relative_to(folder)): checksum(file) for file in files}
