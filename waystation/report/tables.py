"""The report's tables, from which figures and texts are made."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from waystation.grid.cells import Cell
from waystation.grid.recipe_names import Recipe, parse
from waystation.grid.recipes import phases
from waystation.params.models import Model
from waystation.params.schema import Settings
from waystation.report.averages import overall_rows
from waystation.report.choice.chosen import read_chosen, read_promises
from waystation.report.encoders.encoder_tables import encoder_tables
from waystation.report.encoders.paired_retrieval import Retrieval, retention_rows
from waystation.report.learned import has_learned, intermediate_rows
from waystation.report.published import reference_rows
from waystation.report.records import (
    MEAN,
    NONE,
    RANDOM,
    Difference,
    Estimate,
    LanguageScore,
    SequenceStep,
    Tables,
    TaskScore,
)
from waystation.report.scores import Result, Score
from waystation.report.speed.benchmarked import read_benchmarks

AT_ONCE = ("multitask", "merged")  # kinds of recipes that take their tasks in no order
Baselines = dict[tuple[str, str, str], Score]  # by model, target and task


def make(
    scores: list[Score],
    retrieval: Retrieval,
    suite: Settings,
    intermediate: Path,
    align: Path,
    snapshots: Path,
    promise: Path,
    benchmark: Path,
) -> Tables:
    """All tables, from scores, retrieval, and the folders of metrics of five stages."""
    trained = intermediate_rows(suite, intermediate)
    learned, encoders = has_learned(trained), encoder_tables(suite, align)
    gains = gain_rows(scores, learned, suite)
    english, weights = read_chosen(scores, suite, snapshots)
    overall = [
        replace(row, learned=learned.get((row.model, row.recipe)))
        for row in overall_rows(scores, encoders, retrieval, suite)
    ]
    return replace(
        encoders,
        scores=score_rows(scores, learned, suite),
        gains=gains,
        sizes=size_rows(scores, suite),
        pretraining=pretraining_rows(scores),
        sequence=sequence_rows(gains, suite),
        intermediate=trained,
        english=english,
        weights=weights,
        promises=read_promises(suite, promise),
        retention=retention_rows(retrieval, suite),
        **vars(read_benchmarks(scores, suite, benchmark)),
        overall=overall,
        reference=reference_rows(scores, encoders.retrieval, overall, suite),
    )


def baselines(scores: list[Score], suite: Settings) -> Baselines:
    """The scores of the recipe that gains are measured against."""
    run = [score for score in scores if score.recipe == suite.report.baseline and score.languages]
    return {(score.model, score.target, score.task): score for score in run}


def score_rows(
    scores: list[Score], learned: dict[Cell, str], suite: Settings
) -> list[LanguageScore]:
    """A row per cell, task and language; `learned` says yes or no of cells."""
    baseline, rows = baselines(scores, suite), []
    for score in scores:
        if score.languages:
            compared = baseline.get((score.model, score.target, score.task))
            rows += language_rows(score, compared, learned.get((score.model, score.recipe)))
        else:
            rows.append(LanguageScore(**score.names(), status="not run"))
    return rows


def language_rows(score: Score, baseline: Score | None, learned: str | None) -> list[LanguageScore]:
    """A row per language of one task of one cell."""
    rows, compared = [], baseline.languages if baseline else {}
    for code, language in score.languages.items():
        gain = (language - compared[code]).difference() if code in compared else None
        row = LanguageScore(
            **score.names(),
            metric=score.metric,
            language=code,
            trained="yes" if code in score.trained_on else "no",
            score=language.estimate(),
            gain=gain,
            **score.counts([code]),
            learned=learned,
            chance_percent=language.chance,
            oracle_percent=language.oracle,
            second=estimates(language.second),
        )
        rows.append(row)
    return rows


def estimates(results: dict[str, Result]) -> dict[str, Estimate]:
    return {column: result.estimate() for column, result in results.items()}


def gain_rows(scores: list[Score], learned: dict[Cell, str], suite: Settings) -> list[TaskScore]:
    """A row per cell and task that has zero-shot languages; `learned` says yes or no of cells."""
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
            learned=learned.get((score.model, score.recipe)),
            zero_shot=zero_shot.estimate(),
            oracle_percent=score.oracle(codes),
            other_languages=score.mean(score.others()).estimate(),
            gain=gain.difference() if gain else None,
            second=estimates(score.second(codes)),
        )
        rows.append(row)
    return rows


def sequence_rows(gains: list[TaskScore], suite: Settings) -> list[SequenceStep]:
    """A row per model, task, order and length k: the order's first k tasks, 0 the baseline; and a
    row per recipe that takes the tasks of a sequence in no order.

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
    return rows + [
        sequence_row(gain, gain.recipe, len(own), None)
        for gain in gains
        if parse(gain.recipe).kind in AT_ONCE
        and (own := tasks_of(gain.recipe, suite)) in sets_in_order(gain.model, rows, suite)
    ]


def sets_in_order(model: str, rows: list[SequenceStep], suite: Settings) -> list[frozenset[str]]:
    """The sets of tasks that a model's sequences have trained."""
    return [tasks_of(row.recipe, suite) for row in rows if row.model == model and row.length > 1]


def tasks_of(recipe: str, suite: Settings) -> frozenset[str]:
    """The intermediate tasks of a recipe."""
    return frozenset(task for training in phases(recipe, suite) for task in training.tasks)


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
        seeds=gain.seeds,
        interval=gain.interval,
        learned=gain.learned,
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


def size_rows(scores: list[Score], suite: Settings) -> list[Difference]:
    """A row per pair of models, recipe and task: zero-shot mean of the larger less the smaller."""
    cells, rows = by_cell(scores), []
    for larger, smaller in pairs(suite.models):
        for score in scores:
            other = cells.get((smaller, score.recipe, score.target, score.task))
            if score.model == larger and other and (codes := shared_zero_shot(score, other)):
                names = score.names() | {"smaller_model": smaller}
                rows.append(difference(score, other, codes, **names))
    return rows


def pretraining_rows(scores: list[Score]) -> list[Difference]:
    """A row per model, task and language, and one of the mean: `none` less `random`."""
    cells, rows = by_cell(scores), []
    for score in scores:
        other = cells.get((score.model, RANDOM, score.target, score.task))
        if score.recipe == NONE and other:
            codes = {code: [code] for code in score.languages if code in other.languages}
            names = score.names() | {"recipe": None}
            rows += [
                difference(score, other, languages, **names, language=name)
                for name, languages in (codes | {MEAN: shared_zero_shot(score, other)}).items()
                if languages
            ]
    return rows


def by_cell(scores: list[Score]) -> dict[tuple[str, str, str, str], Score]:
    """The scores that have run, by model, recipe, target and task."""
    run = [score for score in scores if score.languages]
    return {(score.model, score.recipe, score.target, score.task): score for score in run}


def difference(score: Score, other: Score, codes: list[str], **names: Any) -> Difference:
    """The difference of two means over some languages, at least one."""
    points = score.mean(codes) - other.mean(codes)
    return Difference(**names, difference=points.difference(), **score.counts(codes))


def shared_zero_shot(score: Score, other: Score) -> list[str]:
    """The zero-shot languages that both scores have."""
    return [code for code in score.zero_shot() if code in other.languages]


def pairs(models: Mapping[str, Model]) -> list[tuple[str, str]]:
    """All (larger, smaller) of the models, by the parameters of their layers."""
    return [
        (larger, smaller)
        for larger, shape in models.items()
        for smaller, other in models.items()
        if layer_parameters(shape) > layer_parameters(other)
    ]


def layer_parameters(model: Model) -> int:
    """Parameters of all Transformer layers, without embeddings and heads."""
    attention = 4 * model.hidden * (model.hidden + 1)
    feed_forward = 2 * model.hidden * model.intermediate + model.intermediate + model.hidden
    return model.layers * (attention + feed_forward + 4 * model.hidden)  # two layer norms
