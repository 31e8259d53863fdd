"""Read the scores of the whole grid, with their resampled values, from metrics and predictions.

The parameters say what the grid is, never the contents of a folder. A cell that has not run is a
score without languages. All cells of a test set are read together, one test set after the other: so
memory holds the points of one set, and its draws are made once.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from waystation import tasks
from waystation.base.progress import progress
from waystation.data.predictions import read_points
from waystation.grid.cells import Cell, all_cells
from waystation.languages import ENGLISH
from waystation.params.schema import Settings
from waystation.report import intervals
from waystation.report.records import Estimate, over
from waystation.report.second_scores import SECOND_SCORES
from waystation.text_files import in_form, read_json


@dataclass(frozen=True)
class Result:
    """A score in percent, the mean over seeds.

    `replicates` (resamples,) is the same mean on resampled examples, `by_seed` the score of each
    seed.
    """

    score: float
    replicates: np.ndarray
    by_seed: dict[str, float]

    @property
    def seeds(self) -> int:
        return len(self.by_seed)

    def __sub__(self, other: "Result") -> "Result":
        """The paired difference; the spread between seeds is over those that both have."""
        by_seed = combined([self, other], lambda scores: scores[0] - scores[1])
        return Result(self.score - other.score, self.replicates - other.replicates, by_seed)

    def variances(self) -> tuple[float, float]:
        """The variances of the mean over rows and between seeds."""
        between = intervals.variance_of_mean(np.array([*self.by_seed.values()]))
        return float(self.replicates.var()), between

    def estimate(self) -> Estimate:
        """The score and its 95 % interval, cut at 0 and 100 percent."""
        reach = intervals.half_width(*self.variances(), self.seeds)
        return Estimate(self.score, max(0.0, self.score - reach), min(100.0, self.score + reach))

    def difference(self) -> Estimate:
        """A difference and its 95 % interval; over several seeds with a p-value."""
        reach = intervals.half_width(*self.variances(), self.seeds)
        p_value = None
        if self.seeds > 1:
            p_value = intervals.p_value(self.score, *self.variances(), self.seeds)
        return Estimate(self.score, self.score - reach, self.score + reach, p_value)


@dataclass(frozen=True)
class Language(Result):
    """The result in one language.

    `oracle` is the score if the other languages' development data had chosen the checkpoint.
    `chance` is the score of a guess, None where a guess has no score. `second` holds the second
    scores that the task has, by their column.
    """

    n: int
    chance: float | None
    oracle: float | None
    second: dict[str, Result]


@dataclass(frozen=True)
class Score:
    """One task of one cell; without languages where the cell has not run.

    `label` heads its column: the task's name, with the number of languages beside English that its
    target was fine-tuned on (`xnli+2`).
    """

    model: str
    recipe: str
    target: str
    task: str
    label: str
    type: str
    metric: str
    trained_on: tuple[str, ...]
    languages: dict[str, Language]

    def names(self) -> dict[str, Any]:
        """The fields with which every record of the score begins."""
        return {
            "model": self.model,
            "recipe": self.recipe,
            "target": self.target,
            "task": self.label,
        }

    def zero_shot(self) -> list[str]:
        """Languages without any fine-tuning data."""
        return [code for code in self.languages if code not in self.trained_on]

    def others(self) -> list[str]:
        """All languages but English."""
        return [code for code in self.languages if code != ENGLISH]

    def mean(self, codes: list[str]) -> Result:
        """The mean over some languages, at least one."""
        return mean([self.languages[code] for code in codes])

    def second(self, codes: list[str]) -> dict[str, Result]:
        """The means of the second scores that all of some languages have, by their column."""
        results = [self.languages[code].second for code in codes]
        columns = [second.column for second in SECOND_SCORES]
        return {
            column: mean([result[column] for result in results])
            for column in columns
            if all(column in result for result in results)
        }

    def chance(self, codes: list[str]) -> float | None:
        """The mean score of a guess over some languages; None where a language has none."""
        return mean_of_all(self.languages[code].chance for code in codes)

    def oracle(self, codes: list[str]) -> float | None:
        """The mean of the oracle's score over some languages; None where a language has none."""
        return mean_of_all(self.languages[code].oracle for code in codes)

    def counts(self, codes: list[str]) -> dict[str, Any]:
        """The smallest numbers of test examples and of seeds of some languages, and over what an
        interval runs."""
        languages = [self.languages[code] for code in codes]
        seeds = min(entry.seeds for entry in languages)
        return {"n": min(entry.n for entry in languages), "seeds": seeds, "interval": over(seeds)}


def mean(results: list[Result]) -> Result:
    """The mean of some results, at least one, resample by resample and seed by seed."""
    score = float(np.mean([result.score for result in results]))
    replicates = np.mean([result.replicates for result in results], axis=0)
    return Result(score, replicates, combined(results, lambda scores: float(np.mean(scores))))


def combined(results: list[Result], function: Callable[[list[float]], float]) -> dict[str, float]:
    """A function of the scores of every seed that all results have."""
    shared = [seed for seed in results[0].by_seed if all(seed in r.by_seed for r in results)]
    return {seed: function([result.by_seed[seed] for result in results]) for seed in shared}


def mean_of_all(values: Iterable[float | None]) -> float | None:
    """The mean; None where a value is missing."""
    numbers = []
    for value in values:
        if value is None:
            return None
        numbers.append(value)
    return float(np.mean(numbers))


def read_scores(suite: Settings, metrics: Path, predictions: Path) -> list[Score]:
    """Every task of every target and cell of the grid, in the grid's order."""
    scores, columns = [], []
    for group, targets in suite.target.groups.items():
        files = {}
        for model, recipe in all_cells(suite):
            file = metrics / group / model / f"{recipe}.json"
            with in_form(file):
                files[model, recipe] = read_json(file)["targets"] if file.is_file() else {}
        columns += [(group, target, files) for target in targets]
    for group, target, files in progress(columns, len(columns), "report scores", "targets"):
        entries = {cell: targets.get(target) for cell, targets in files.items()}
        scores += read_target(suite, predictions / group, target, entries)
    return distinct(scores)


def read_target(
    suite: Settings, folder: Path, target: str, entries: dict[Cell, dict | None]
) -> list[Score]:
    """The scores of one target's tasks; entries {cell: what its scores file says of the target}."""
    run = [entry for entry in entries.values() if entry]
    served = dict.fromkeys(task for entry in run for task in entry["tasks"])
    if not served:
        return [Score(*cell, target, target, target, "", "", (), {}) for cell in entries]
    trained_on, scores = tuple(run[0]["languages"]), []
    for task in served:
        results = read_task(suite, folder, target, task, entries)
        names = [entry["tasks"][task]["main_score"] for entry in run if task in entry["tasks"]]
        metric = names[0].removesuffix("_percent")
        label, kind = labelled(task, trained_on), tasks.load(task).type
        scores += [
            Score(*cell, target, task, label, kind, metric, trained_on, languages)
            for cell, languages in results.items()
        ]
    return scores


def labelled(task: str, trained_on: tuple[str, ...]) -> str:
    """A task's name, with the number of languages beside English in its fine-tuning."""
    further = len(set(trained_on) - {ENGLISH})
    return f"{task}+{further}" if further else task


def distinct(scores: list[Score]) -> list[Score]:
    """Add the target to a label that another target before has."""
    owner: dict[str, str] = {}
    return [
        score
        if owner.setdefault(score.label, score.target) == score.target
        else replace(score, label=f"{score.label}@{score.target}")
        for score in scores
    ]


def read_task(
    suite: Settings, folder: Path, target: str, task: str, entries: dict[Cell, dict | None]
) -> dict[Cell, dict[str, Language]]:
    """Results of one task in every cell and language, the languages in the parameters' order."""
    run = {
        cell: entry["tasks"][task]
        for cell, entry in entries.items()
        if entry and task in entry["tasks"]
    }
    codes = in_order({code for entry in run.values() for code in entry["languages"]}, suite)
    results: dict[Cell, dict[str, Language]] = {cell: {} for cell in entries}
    for code in codes:
        for cell, entry in run.items():
            if language := entry["languages"].get(code):
                name = entry["main_score"].removesuffix("_percent")
                files = {
                    seed: folder.joinpath(*cell, target, seed, task, f"{code}.jsonl")
                    for seed in language["seeds"]
                }
                results[cell][code] = result(files, name, language, suite.report.resamples)
    return results


def result(files: dict[str, Path], name: str, language: dict, resamples: int) -> Language:
    """A language's result from its predictions by seed, and its entry in the scores."""
    seeds = language["seeds"].values()
    main = resampled(files, name, resamples)
    names = {second.column: second.name(name) for second in SECOND_SCORES}
    others = {
        column: resampled(files, other, resamples)
        for column, other in names.items()
        if other != name and all(f"{other}_percent" in seed for seed in seeds)
    }
    return Language(
        score=main.score,
        replicates=main.replicates,
        by_seed=main.by_seed,
        n=language["n"],
        chance=language["chance_percent"],
        oracle=mean_of_all(seed["oracle_percent"] for seed in seeds),
        second=others,
    )


def resampled(files: dict[str, Path], name: str, resamples: int) -> Result:
    """One score of the examples of a test set, over all seeds."""
    points = np.array([read_points(file, name) for file in files.values()])  # (seeds, examples, 2)
    scores = intervals.seed_scores(points)
    by_seed = dict(zip(files, scores.tolist(), strict=True))
    return Result(float(scores.mean()), intervals.replicates(points, resamples), by_seed)


def in_order(codes: Iterable[str], suite: Settings) -> list[str]:
    """Languages in the parameters' order: English first, then by distance from it."""
    rank = {code: index for index, code in enumerate(suite.languages)}
    return sorted(codes, key=lambda code: (rank.get(code, len(rank)), code))
