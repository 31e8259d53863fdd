"""What intermediate training taught: English development scores of every phase of every recipe.

A recipe whose task was not learned is marked wherever its gains stand: such a gain says nothing of
that task.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from waystation.grid.budget import budget_of
from waystation.grid.cells import Cell, all_cells
from waystation.grid.recipe_names import parse
from waystation.params.schema import Settings
from waystation.report import intervals
from waystation.report.records import ROWS, Estimate, IntermediateScore
from waystation.text_files import in_form, read_json

DAGGER = "†"


class Steps(NamedTuple):
    """Steps of a task in a recipe that mixes tasks, and those that it takes alone."""

    mixed: int
    alone: int

    def __str__(self) -> str:
        return f"{self.mixed} steps a task, alone {self.alone}"


def intermediate_rows(suite: Settings, folder: Path) -> list[IntermediateScore]:
    """A row per phase and task of every cell that has run, from the metrics of `intermediate`."""
    rows = []
    for model, recipe in all_cells(suite):
        file = folder / model / f"{recipe}.json"
        if file.is_file():
            with in_form(file):
                made = read_json(file, dict)
                rows += phase_rows(made, suite, {"model": model, "recipe": recipe})
    return rows


def phase_rows(made: dict, suite: Settings, cell: dict) -> list[IntermediateScore]:
    """The rows of one cell, from its metrics."""
    return [
        intermediate_row(
            entry,
            **cell,
            phase=number,
            task=task,
            steps=phase["task_steps"][task],
            steps_alone=budget_of(suite.intermediate.tasks[task], phase["examples"][task]).steps,
            change=change(made["retained"].get(task)),
        )
        for number, phase in enumerate(made["phases"], 1)
        for task, entry in phase["development"].items()
    ]


def change(entry: dict | None) -> Estimate | None:
    """How a score changed since its phase, over the same rows."""
    if entry is None:
        return None
    moved, variance = entry["change_points"], entry["change_standard_error_points"] ** 2
    reach = intervals.half_width(variance, 0.0, 1)
    return Estimate(moved, moved - reach, moved + reach)


def intermediate_row(entry: dict, **names) -> IntermediateScore:
    """The row of an entry under `development`, whose interval is over its rows."""
    main, score = entry["main_score"], entry[entry["main_score"]]
    reach = intervals.half_width(entry["standard_error_percent"] ** 2, 0.0, 1)
    english = Estimate(score, max(0.0, score - reach), min(100.0, score + reach))
    levels = [entry["chance_percent"], entry["majority_percent"]]
    level = max((value for value in levels if value is not None), default=0.0)
    return IntermediateScore(
        **names,
        metric=main.removesuffix("_percent"),
        english=english,
        interval=ROWS,
        n=entry["n"],
        chance_percent=entry["chance_percent"],
        majority_percent=entry["majority_percent"],
        learned="yes" if english.low > level else "no",
    )


def has_learned(rows: Iterable[IntermediateScore]) -> dict[Cell, str]:
    """Yes where all tasks of a model's recipe were learned, else no."""
    learned: dict[Cell, str] = {}
    for row in rows:
        cell = row.model, row.recipe
        learned[cell] = "no" if "no" in (row.learned, learned.get(cell)) else "yes"
    return learned


def dagger(learned: dict[Cell, str], model: str, recipe: str) -> str:
    """The mark of a recipe of which a task was not learned."""
    return DAGGER if learned.get((model, recipe)) == "no" else ""


def legend(rows: Iterable[IntermediateScore], cells: Iterable[Cell]) -> str:
    """What the daggers of some cells say; empty where none has one."""
    shown = set(cells)
    tasks: dict[Cell, list[str]] = {}
    for row in rows:
        if row.learned == "no" and (row.model, row.recipe) in shown:
            tasks.setdefault((row.model, row.recipe), []).append(row.task)
    if not tasks:
        return ""
    listed = "; ".join(
        f"{model} {recipe}" + ("" if names == [recipe] else f" ({', '.join(names)})")
        for (model, recipe), names in tasks.items()
    )
    return (
        f"{DAGGER} not learned: the English development score is not above chance and majority "
        f"with its interval over rows: {listed}"
    )


def steps_a_task(rows: Iterable[IntermediateScore]) -> dict[str, Steps]:
    """The mean steps of a task, by recipe whose tasks share their steps."""
    by_recipe: dict[str, list[IntermediateScore]] = {}
    for row in rows:
        if parse(row.recipe).kind == "multitask":
            by_recipe.setdefault(row.recipe, []).append(row)
    return {
        recipe: Steps(
            round(sum(row.steps for row in own) / len(own)),
            round(sum(row.steps_alone for row in own) / len(own)),
        )
        for recipe, own in by_recipe.items()
    }


def row_names(rows: list[IntermediateScore], suite: Settings) -> dict[Cell, str]:
    """What a line is called: the recipe, with a dagger where a task was not learned, and where
    tasks share their steps how many each has."""
    learned, steps = has_learned(rows), steps_a_task(rows)
    names = {}
    for model, recipe in all_cells(suite):
        share = f", {steps[recipe].mixed} steps a task" if recipe in steps else ""
        names[model, recipe] = f"{recipe}{dagger(learned, model, recipe)}{share}"
    return names
