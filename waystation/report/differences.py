"""Paired differences between cells of the grid: what a model's size and its pretraining give.

Both cells were scored on the same test examples with the same seeds, and are resampled with the
same draws: the interval is that of the difference, narrower than what two intervals suggest.
"""

from collections.abc import Mapping
from typing import Any

from waystation.grid.names import CONTROLS
from waystation.params.schema import Model, Settings
from waystation.report.records import Difference
from waystation.report.scores import Score

NONE, RANDOM = CONTROLS
MEAN = "mean"  # in the column of the language: over all zero-shot languages


def size_rows(scores: list[Score], suite: Settings) -> list[Difference]:
    """A row per two sizes of model, recipe and task: larger less smaller, zero-shot means."""
    cells, rows = by_cell(scores), []
    for larger, smaller in pairs(suite.models):
        for score in scores:
            other = cells.get((smaller, score.recipe, score.target, score.task))
            if score.model == larger and other and (codes := shared_zero_shot(score, other)):
                names = score.names() | {"smaller_model": smaller}
                rows.append(difference(score, other, codes, **names))
    return rows


def pretraining_rows(scores: list[Score]) -> list[Difference]:
    """A row per model, task and language: pretrained less not pretrained, and their means."""
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
    """The zero-shot languages that both have."""
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
    """Parameters of all Transformer layers; embeddings and heads, a vocabulary's size, left out."""
    attention = 4 * model.hidden * (model.hidden + 1)
    feed_forward = 2 * model.hidden * model.intermediate + model.intermediate + model.hidden
    return model.layers * (attention + feed_forward + 4 * model.hidden)  # two layer norms
