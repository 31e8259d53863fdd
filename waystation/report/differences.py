"""Paired differences between cells of the grid: what a model's size and its pretraining give.

Both cells have the same test examples and seeds, and the same draws resample them. So the interval
is that of the difference, and narrower than two intervals suggest.
"""

from collections.abc import Mapping
from typing import Any

from waystation.grid.names import CONTROLS
from waystation.params.schema import Model, Settings
from waystation.report.records import Difference
from waystation.report.scores import Score

NONE, RANDOM = CONTROLS
MEAN = "mean"  # stands in the column `language` for all zero-shot languages


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
    return Difference(**names, difference=points.estimate(), **score.counts(codes))


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
