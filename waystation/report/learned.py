"""What intermediate training taught: English development scores of every phase of every recipe.

A recipe whose task was not learned is marked wherever its gains stand: such a gain says nothing of
that task.
"""

from collections.abc import Iterable
from pathlib import Path

from waystation.files import read_json
from waystation.grid.budget import budget_of
from waystation.grid.cells import Cell, all_cells
from waystation.grid.recipes import parse
from waystation.params.schema import Settings
from waystation.report import intervals
from waystation.report.records import ROWS, Estimate, IntermediateScore

DAGGER = "†"


def intermediate_rows(suite: Settings, folder: Path) -> list[IntermediateScore]:
    """A row per phase and task of every cell that has run, from the metrics of `intermediate`."""
    rows = []
    for model, recipe in all_cells(suite):
        file = folder / model / f"{recipe}.json"
        for number, phase in enumerate(read_json(file)["phases"] if file.is_file() else [], 1):
            for task, entry in phase["development"].items():
                own = suite.intermediate.tasks[task]
                row = intermediate_row(
                    entry,
                    model=model,
                    recipe=recipe,
                    phase=number,
                    task=task,
                    steps=phase["task_steps"][task],
                    steps_alone=budget_of(own, phase["examples"][task]).steps,
                )
                rows.append(row)
    return rows


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
    shown, tasks = set(cells), {}
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


def steps_a_task(rows: Iterable[IntermediateScore]) -> dict[str, str]:
    """Of recipes whose tasks share their steps: a row's text, and how many steps alone would be."""
    steps: dict[str, list[tuple[int, int]]] = {}
    for row in rows:
        if parse(row.recipe).kind == "multitask":
            steps.setdefault(row.recipe, []).append((row.steps, row.steps_alone))
    texts = {}
    for recipe, pairs in steps.items():
        mixed, alone = (round(sum(numbers) / len(pairs)) for numbers in zip(*pairs, strict=True))
        texts[recipe] = f"{mixed} steps a task, alone {alone}"
    return texts
