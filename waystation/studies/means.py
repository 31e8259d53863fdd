"""Zero-shot means and gains of the grid's scores, with what is needed to pair them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from waystation.params.schema import Settings
from waystation.report.scores import Result, Score, combined, mean


@dataclass(frozen=True)
class Grid:
    """The scores that have run, by model, recipe and label."""

    suite: Settings
    scores: dict[tuple[str, str, str], Score]

    def zero_shot(self, model: str, recipe: str, label: str) -> Result | None:
        """The mean over languages without fine-tuning data; None where the cell has not run."""
        score = self.scores.get((model, recipe, label))
        codes = score.zero_shot() if score else []
        return score.mean(codes) if score and codes else None

    def gain(self, model: str, recipe: str, label: str) -> Result | None:
        """The paired difference of a recipe and the baseline."""
        own = self.zero_shot(model, recipe, label)
        base = self.zero_shot(model, self.suite.report.baseline, label)
        return own - base if own and base else None

    def mean_gain(self, model: str, recipe: str, labels: Sequence[str]) -> Result | None:
        """The mean of the gains over tasks; None where one of them is missing."""
        gains = [self.gain(model, recipe, label) for label in labels]
        there = [gain for gain in gains if gain is not None]
        return mean(there) if there and len(there) == len(gains) else None

    def shared(self, cells: Sequence[tuple[str, str]]) -> list[str]:
        """The tasks in which all of some cells have a gain."""
        return [label for label in self.labels() if all(self.gain(*cell, label) for cell in cells)]

    def n(self, model: str, labels: Sequence[str]) -> int:
        """The smallest number of test examples of a language."""
        baseline = self.suite.report.baseline
        own = [self.scores[model, baseline, label] for label in labels]
        return min(score.counts(score.zero_shot())["n"] for score in own)

    def labels(self) -> list[str]:
        return list(dict.fromkeys(label for _, _, label in self.scores))


def grid(scores: Sequence[Score], suite: Settings) -> Grid:
    run = [score for score in scores if score.languages]
    return Grid(suite, {(score.model, score.recipe, score.label): score for score in run})


def weighted(results: Sequence[Result], weights: Sequence[float]) -> Result:
    """A weighted sum of results, resample by resample and seed by seed."""
    shares = np.asarray(weights, float)
    return Result(
        float(shares @ [result.score for result in results]),
        shares @ np.stack([result.replicates for result in results]),
        combined(list(results), lambda scores: float(shares @ scores)),
    )


def slope(results: Sequence[Result], places: Sequence[float]) -> Result:
    """The least-squares slope of results over places, at least two different ones."""
    centred = np.asarray(places, float) - np.mean(places)
    return weighted(results, centred / (centred**2).sum())
