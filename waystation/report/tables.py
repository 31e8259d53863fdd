"""The report's tables, from which figures and texts are made."""

from dataclasses import replace
from pathlib import Path

from waystation.grid.cells import all_cells
from waystation.grid.recipes import Recipe, parse
from waystation.params.schema import Settings
from waystation.report.averages import overall_rows
from waystation.report.differences import layer_parameters, pretraining_rows, size_rows
from waystation.report.encoder_tables import encoder_tables
from waystation.report.published import reference_rows
from waystation.report.records import Cost, Estimate, LanguageScore, SequenceStep, Tables, TaskScore
from waystation.report.scores import Result, Score
from waystation.text_files import in_form, read_json

Baselines = dict[tuple[str, str, str], Score]  # by model, target and task


def make(scores: list[Score], suite: Settings, align: Path, benchmark: Path) -> Tables:
    """All tables, from scores and the folders of metrics of `align` and `benchmark`."""
    gains, encoders = gain_rows(scores, suite), encoder_tables(suite, align)
    overall = overall_rows(scores, encoders, suite)
    return replace(
        encoders,
        scores=score_rows(scores, suite),
        gains=gains,
        sizes=size_rows(scores, suite),
        pretraining=pretraining_rows(scores),
        sequence=sequence_rows(gains, suite),
        cost=cost_rows(scores, suite, benchmark),
        overall=overall,
        reference=reference_rows(scores, encoders.retrieval, overall, suite),
    )


def baselines(scores: list[Score], suite: Settings) -> Baselines:
    """The scores of the recipe that gains are measured against."""
    run = [score for score in scores if score.recipe == suite.report.baseline and score.languages]
    return {(score.model, score.target, score.task): score for score in run}


def score_rows(scores: list[Score], suite: Settings) -> list[LanguageScore]:
    """A row per cell, task and language."""
    baseline, rows = baselines(scores, suite), []
    for score in scores:
        if score.languages:
            rows += language_rows(score, baseline.get((score.model, score.target, score.task)))
        else:
            rows.append(LanguageScore(**score.names(), status="not run"))
    return rows


def language_rows(score: Score, baseline: Score | None) -> list[LanguageScore]:
    """A row per language of one task of one cell."""
    rows, compared = [], baseline.languages if baseline else {}
    for code, language in score.languages.items():
        gain = (language - compared[code]).estimate() if code in compared else None
        row = LanguageScore(
            **score.names(),
            metric=score.metric,
            language=code,
            trained="yes" if code in score.trained_on else "no",
            score=language.estimate(),
            gain=gain,
            n=language.n,
            seeds=language.seeds,
            chance_percent=language.chance,
            oracle_percent=language.oracle,
            second=estimates(language.second),
        )
        rows.append(row)
    return rows


def estimates(results: dict[str, Result]) -> dict[str, Estimate]:
    return {column: result.estimate() for column, result in results.items()}


def gain_rows(scores: list[Score], suite: Settings) -> list[TaskScore]:
    """A row per cell and task that has zero-shot languages."""
    baseline, rows = baselines(scores, suite), []
    for score in scores:
        codes = score.zero_shot()
        if not codes:
            continue
        zero_shot, compared = (
            score.mean(codes),
            baseline.get((score.model, score.target, score.task)),
        )
        gain = zero_shot - compared.mean(compared.zero_shot()) if compared else None
        row = TaskScore(
            **score.names(),
            type=score.type,
            metric=score.metric,
            chance_percent=score.chance(codes),
            layer_parameters=layer_parameters(suite.models[score.model]),
            zero_shot_languages=len(codes),
            **score.counts(codes),
            zero_shot=zero_shot.estimate(),
            oracle_percent=score.oracle(codes),
            other_languages=score.mean(score.others()).estimate(),
            gain=gain.estimate() if gain else None,
            second=estimates(score.second(codes)),
        )
        rows.append(row)
    return rows


def sequence_rows(gains: list[TaskScore], suite: Settings) -> list[SequenceStep]:
    """A row per model, task, order and length k: the order's first k tasks, 0 the baseline.

    Only models that have a sequence of the order have rows.
    """
    recipes, rows = {gain.recipe for gain in gains}, []
    for order, tasks in suite.orders.items():
        models = {gain.model for gain in gains if is_of_order(gain.recipe, order)}
        for length in range(len(tasks) + 1):
            recipe = recipe_of_length(order, tasks, length, recipes, suite.report.baseline)
            added = tasks[length - 1] if length else None
            rows += [
                sequence_row(gain, order, length, added)
                for gain in gains
                if gain.recipe == recipe and gain.model in models
            ]
    return rows


def sequence_row(gain: TaskScore, order: str, length: int, added: str | None) -> SequenceStep:
    return SequenceStep(
        model=gain.model,
        order=order,
        length=length,
        recipe=gain.recipe,
        target=gain.target,
        task=gain.task,
        chance_percent=gain.chance_percent,
        zero_shot=gain.zero_shot,
        gain=gain.gain,
        added=added,
    )


def is_of_order(recipe: str, order: str) -> bool:
    parsed = parse(recipe)
    return (parsed.kind, parsed.name) == ("sequential", order)


def recipe_of_length(
    order: str, tasks: tuple[str, ...], length: int, recipes: set[str], baseline: str
) -> str | None:
    """An order's recipe of a length; None where the grid lacks that recipe.

    A sequence of length 1 and the single recipe of its task are the same training.
    """
    if length == 0:
        return baseline
    if length == 1 and tasks[0] in recipes:
        return tasks[0]
    wanted = Recipe("sequential", order, str(length))
    return next((recipe for recipe in recipes if parse(recipe) == wanted), None)


def cost_rows(scores: list[Score], suite: Settings, benchmark: Path) -> list[Cost]:
    """A row per model, recipe, task and language of the benchmarks that have run."""
    labels = {(score.target, score.task): score.label for score in scores}
    grid, rows = set(all_cells(suite)), []
    for group in suite.target.groups:
        file = benchmark / f"{group}.json"
        if not file.is_file():
            continue
        with in_form(file):
            for cell in read_json(file, dict)["cells"]:
                if (cell["model"], cell["recipe"]) in grid:
                    label = labels.get((cell["target"], cell["task"]), cell["task"])
                    rows.append(cost_row(cell | {"task": label}))
    return rows


def cost_row(cell: dict) -> Cost:
    """A cell of a benchmark, its names apart from its measurements."""
    names = ("model", "recipe", "target", "task", "language")
    measured = {name: value for name, value in cell.items() if name not in names}
    return Cost(**{name: cell[name] for name in names}, measured=measured)
