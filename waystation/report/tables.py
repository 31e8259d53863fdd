"""The tables that the report writes, as lists of rows; `dvc plots` and the figures draw them.

In all of them `task` is the label of a column (`xnli`, `xnli+2`: waystation/report/scores.py).
"""

from pathlib import Path

from waystation.files import read_json
from waystation.grid.cells import all_cells
from waystation.grid.recipes import Recipe, parse
from waystation.languages import ENGLISH
from waystation.params.schema import Settings
from waystation.report.averages import overall_rows
from waystation.report.differences import layer_parameters, pretraining_rows, size_rows
from waystation.report.encoder_tables import encoder_tables
from waystation.report.published import reference_rows
from waystation.report.scores import Result, Score
from waystation.report.second_scores import SECOND_SCORES


def make(
    scores: list[Score], suite: Settings, align: Path, benchmark: Path
) -> dict[str, list[dict]]:
    """All tables by name."""
    gains, encoders = gain_rows(scores, suite), encoder_tables(suite, align)
    overall = overall_rows(scores, encoders, suite)
    return {
        "scores": score_rows(scores, suite),
        "gains": gains,
        "sizes": size_rows(scores, suite),
        "pretraining": pretraining_rows(scores),
        "sequence": sequence_rows(gains, suite),
        **encoders,
        "cost": cost_rows(scores, suite, benchmark),
        "overall": overall,
        "reference": reference_rows(scores, encoders["retrieval"], overall, suite),
    }


def baselines(scores: list[Score], settings: Settings) -> dict[tuple, Score]:
    """{(model, target, task): score of the recipe that gains are measured against}."""
    baseline = settings.report.baseline
    found = [s for s in scores if s.recipe == baseline and s.languages]
    return {(s.model, s.target, s.task): s for s in found}


def keys(s: Score) -> dict[str, str]:
    return {"model": s.model, "recipe": s.recipe, "target": s.target, "task": s.label}


def score_rows(scores: list[Score], settings: Settings) -> list[dict]:
    """A row per cell, task and language: score and paired gain with intervals, n, chance."""
    base, rows = baselines(scores, settings), []
    for s in scores:
        if not s.languages:
            rows.append(keys(s) | {"status": "not run"})
        against = base.get((s.model, s.target, s.task))
        for code, found in s.languages.items():
            row = keys(s) | {"metric": s.metric, "language": code}
            row |= {"trained": "yes" if code in s.trained_on else "no"}
            row |= found.named("score_percent", "low_percent", "high_percent")
            if against and code in against.languages:
                row |= (found - against.languages[code]).named("gain", "low", "high")
            row |= {"n": found.n, "seeds": found.seeds, "chance_percent": found.chance}
            row |= {"oracle_percent": found.oracle, "status": "run"}
            rows.append(row | second_columns(found.second))
    return rows


def second_columns(results: dict[str, Result]) -> dict[str, float]:
    """The columns of the second scores that a task has."""
    columns: dict[str, float] = {}
    for second in SECOND_SCORES:
        if second.column in results:
            columns |= results[second.column].named(*second.columns)
    return columns


def gain_rows(scores: list[Score], settings: Settings) -> list[dict]:
    """A row per cell and task: zero-shot mean, mean of all but English, gain of the former.

    Zero-shot languages are those that the target was not fine-tuned on; where that was English
    only, the two means are the same. `layer_parameters` is the size of the model, `n` the test
    examples of a language.
    """
    base, rows = baselines(scores, settings), []
    for s in scores:
        codes = s.zero_shot()
        zero_shot = s.mean(codes)
        if zero_shot is None:
            continue
        row = keys(s) | {"type": s.type, "metric": s.metric}
        row |= {"chance_percent": s.constant("chance", codes)}
        row |= {"layer_parameters": layer_parameters(settings.models[s.model])}
        row |= {"zero_shot_languages": len(codes)} | s.counts(codes)
        row |= zero_shot.named("zero_shot_percent", "low_percent", "high_percent")
        row |= {"oracle_percent": s.constant("oracle", codes)} | other_languages(s)
        row |= second_columns(s.second(codes))
        if against := base.get((s.model, s.target, s.task)):
            gain = zero_shot - against.mean(against.zero_shot())
            row |= gain.named("gain", "low", "high")
        rows.append(row)
    return rows


def other_languages(s: Score) -> dict[str, float]:
    """The mean of all languages but English: the same set whatever the target was trained on."""
    found: Result = s.mean(s.others())
    name = "other_languages"
    return found.named(f"{name}_percent", f"{name}_low_percent", f"{name}_high_percent")


def sequence_rows(gains: list[dict], settings: Settings) -> list[dict]:
    """A row per model, task, order and length: 0 is the baseline, k the order's first k tasks, the
    last of which is `added`. A model with none of an order's sequences has no row of it."""
    copied = ("target", "task", "chance_percent", "zero_shot_percent", "low_percent")
    copied += ("high_percent", "gain", "low", "high")
    recipes, rows = {row["recipe"] for row in gains}, []
    for order, tasks in settings.orders.items():
        models = {row["model"] for row in gains if is_of_order(row["recipe"], order)}
        for length in range(len(tasks) + 1):
            recipe = recipe_of_length(order, tasks, length, recipes, settings.report.baseline)
            for row in gains:
                if row["recipe"] == recipe and row["model"] in models:
                    told = {"model": row["model"], "order": order, "length": length}
                    told |= {"recipe": recipe} | ({"added": tasks[length - 1]} if length else {})
                    rows.append(told | {name: row.get(name) for name in copied})
    return rows


def is_of_order(recipe: str, order: str) -> bool:
    parsed = parse(recipe)
    return (parsed.kind, parsed.name) == ("sequential", order)


def recipe_of_length(
    order: str, tasks: tuple[str, ...], length: int, recipes: set[str], baseline: str
) -> str | None:
    """An order's recipe of a length, if the grid has it.

    A sequence of length 1 has two names, for the same training.
    """
    if length == 0:
        return baseline
    if length == 1 and tasks[0] in recipes:
        return tasks[0]
    wanted = Recipe("sequential", order, str(length))
    return next((recipe for recipe in recipes if parse(recipe) == wanted), None)


def cost_rows(scores: list[Score], suite: Settings, benchmark: Path) -> list[dict]:
    """A row per model, recipe, task and language of the benchmarks that have run."""
    labels = {(s.target, s.task): s.label for s in scores}
    grid, rows = set(all_cells(suite)), []
    for group in suite.target.groups:
        file = benchmark / f"{group}.json"
        cells = read_json(file)["cells"] if file.is_file() else []
        for cell in cells:
            if (cell["model"], cell["recipe"]) in grid:
                task = labels.get((cell["target"], cell["task"]), cell["task"])
                rows.append(cell | {"task": task})
    return rows


def english_scores(
    rows: list[dict], name: str = "score_percent"
) -> dict[tuple[str, str, str], float]:
    """English scores, or those of another column, by model, recipe and task."""
    return {
        (row["model"], row["recipe"], row["task"]): row[name]
        for row in rows
        if row.get("language") == ENGLISH and name in row
    }
