"""Paired differences between cells of the grid: what a model's size and its pretraining give.

Both cells were scored on the same test examples with the same seeds, and are resampled with the
same draws: the interval is that of the difference, narrower than what two intervals suggest.
"""

from waystation.grid.names import CONTROLS
from waystation.params.schema import Model, Settings
from waystation.report.scores import Score

NONE, RANDOM = CONTROLS
MEAN = "mean"  # in the column of the language: over all zero-shot languages


def size_rows(scores: list[Score], settings: Settings) -> list[dict]:
    """A row per two sizes of model, recipe and task: larger less smaller, zero-shot means."""
    found = {(s.model, s.recipe, s.target, s.task): s for s in scores if s.languages}
    rows = []
    for larger, smaller in pairs(settings.models):
        for s in scores:
            other = found.get((smaller, s.recipe, s.target, s.task))
            if s.model == larger and other:
                told = {"model": larger, "smaller_model": smaller, "recipe": s.recipe}
                told |= {"target": s.target, "task": s.label}
                rows += difference_rows(told, s, other, {"": shared_zero_shot(s, other)})
    return rows


def pretraining_rows(scores: list[Score]) -> list[dict]:
    """A row per model, task and language: pretrained less not pretrained, and their means."""
    found = {(s.model, s.recipe, s.target, s.task): s for s in scores if s.languages}
    rows = []
    for s in scores:
        other = found.get((s.model, RANDOM, s.target, s.task))
        if s.recipe == NONE and other:
            told = {"model": s.model, "target": s.target, "task": s.label}
            codes = {code: [code] for code in s.languages if code in other.languages}
            rows += difference_rows(told, s, other, codes | {MEAN: shared_zero_shot(s, other)})
    return rows


def difference_rows(
    told: dict, one: Score, other: Score, codes: dict[str, list[str]]
) -> list[dict]:
    """A row per name in `codes`: the difference of the means over its languages."""
    rows = []
    for name, chosen in codes.items():
        if chosen:
            difference = one.mean(chosen) - other.mean(chosen)
            row = told | ({"language": name} if name else {})
            row |= difference.named("difference", "low", "high")
            rows.append(row | one.counts(chosen))
    return rows


def shared_zero_shot(one: Score, other: Score) -> list[str]:
    """The zero-shot languages that both have."""
    return [code for code in one.zero_shot() if code in other.languages]


def pairs(models: dict[str, Model]) -> list[tuple[str, str]]:
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
