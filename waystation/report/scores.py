"""Read the scores of the whole grid, with their resampled values, from metrics and predictions.

The grid is read from the parameters, never from what lies in a folder; a cell that has not run is
a score without languages. Test sets are gone through one by one, all cells of each together: only
one set's points are in memory, and its draws are made once.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from waystation import tasks
from waystation.base.progress import progress
from waystation.data.predictions import UNSHARED, read_points
from waystation.files import read_json
from waystation.grid.cells import all_cells
from waystation.params.schema import Settings
from waystation.report import bootstrap

ENGLISH = "en"
EXACT = "exact_match"  # the score that stands beside a question answering task's F1

Cell = tuple[str, str]  # model, recipe


@dataclass(frozen=True)
class Result:
    """A score in percent and its resampled values (resamples,)."""

    score: float
    replicates: np.ndarray

    def __sub__(self, other: "Result") -> "Result":
        return Result(self.score - other.score, self.replicates - other.replicates)

    def named(self, name: str, low: str, high: str) -> dict[str, float]:
        """The score and its 95 % interval under three names."""
        bounds = bootstrap.interval(self.replicates)
        return {name: self.score, low: bounds[0], high: bounds[1]}


@dataclass(frozen=True)
class Language(Result):
    """The result in one language; `oracle`: its score had the other languages'
    development data chosen the checkpoint.

    `chance`: the score of a guess, None where there is no such level; `exact`: the exact match;
    `unshared`: of retrieval from a pool the score over unshared tokens.
    """

    n: int
    seeds: int
    chance: float | None
    oracle: float | None
    exact: Result | None
    unshared: Result | None


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

    def zero_shot(self) -> list[str]:
        """Languages without any fine-tuning data."""
        return [code for code in self.languages if code not in self.trained_on]

    def others(self) -> list[str]:
        """All languages but English."""
        return [code for code in self.languages if code != ENGLISH]

    def mean(self, codes: list[str]) -> Result | None:
        """The mean over some languages; None if there are none."""
        return mean([self.languages[code] for code in codes])

    def exact(self, codes: list[str]) -> Result | None:
        """The mean over some languages of the exact match; None where the task has none."""
        return self.second("exact", codes)

    def unshared(self, codes: list[str]) -> Result | None:
        """The mean over some languages of the score over unshared tokens; None without one."""
        return self.second("unshared", codes)

    def second(self, name: str, codes: list[str]) -> Result | None:
        """The mean over languages of `exact` or `unshared`; None where a language has none."""
        found = [getattr(self.languages[code], name) for code in codes]
        return None if None in found else mean(found)

    def constant(self, name: str, codes: list[str]) -> float | None:
        """The mean over languages of `chance` or `oracle`; None where a language has none."""
        found = [getattr(self.languages[code], name) for code in codes]
        return None if None in found or not found else float(np.mean(found))

    def counts(self, codes: list[str]) -> dict[str, int]:
        """Test examples and seeds of some languages; of the smallest, where they differ."""
        found = [self.languages[code] for code in codes]
        return {name: min(getattr(one, name) for one in found) for name in ("n", "seeds")}


def mean(results: list[Result]) -> Result | None:
    """The mean of some results, resample by resample; None if there are none."""
    if not results:
        return None
    score = float(np.mean([one.score for one in results]))
    return Result(score, np.mean([one.replicates for one in results], axis=0))


def read_scores(suite: Settings, metrics: Path, predictions: Path) -> list[Score]:
    """Every task of every target and cell of the grid, in the grid's order."""
    found, cells = [], []
    for group, targets in suite.target.groups.items():
        files = {}
        for model, recipe in all_cells(suite):
            file = metrics / group / model / f"{recipe}.json"
            files[model, recipe] = read_json(file)["targets"] if file.is_file() else {}
        cells += [(group, target, files) for target in targets]
    for group, target, files in progress(cells, len(cells), "report scores", "targets"):
        entries = {cell: told.get(target) for cell, told in files.items()}
        found += read_target(suite, predictions / group, target, entries)
    return distinct(found)


def read_target(
    suite: Settings, home: Path, target: str, entries: dict[Cell, dict | None]
) -> list[Score]:
    """The scores of one target's tasks; entries {cell: what its scores file says of the target}."""
    done = [entry for entry in entries.values() if entry]
    served = dict.fromkeys(task for entry in done for task in entry["tasks"])
    if not served:
        return [Score(*cell, target, target, target, "", "", (), {}) for cell in entries]
    found = []
    for task in served:
        results = read_task(suite, home, target, task, entries)
        told = next(entry["tasks"][task] for entry in done if task in entry["tasks"])
        trained_on = tuple(done[0]["languages"])
        shared = (
            target,
            task,
            labelled(task, trained_on),
            tasks.load(task).type,
            told["main_score"].removesuffix("_percent"),
            trained_on,
        )
        found += [Score(*cell, *shared, languages) for cell, languages in results.items()]
    return found


def labelled(task: str, trained_on: tuple[str, ...]) -> str:
    """A task's name, with the number of languages beside English in its fine-tuning."""
    further = len(set(trained_on) - {ENGLISH})
    return f"{task}+{further}" if further else task


def distinct(scores: list[Score]) -> list[Score]:
    """Name the target in the label, where another target has taken the label before."""
    owner: dict[str, str] = {}
    return [
        s
        if owner.setdefault(s.label, s.target) == s.target
        else replace(s, label=f"{s.label}@{s.target}")
        for s in scores
    ]


def read_task(
    suite: Settings, home: Path, target: str, task: str, entries: dict[Cell, dict | None]
) -> dict[Cell, dict[str, Language]]:
    """Results of one task in every cell and language, the languages in the parameters' order."""
    told = {cell: entry["tasks"].get(task) for cell, entry in entries.items() if entry}
    told = {cell: entry for cell, entry in told.items() if entry}
    codes = in_order({code for entry in told.values() for code in entry["languages"]}, suite)
    results: dict[Cell, dict[str, Language]] = {cell: {} for cell in entries}
    for code in codes:
        for cell, entry in told.items():
            if value := entry["languages"].get(code):
                name = entry["main_score"].removesuffix("_percent")
                folders = [home.joinpath(*cell, target, seed, task) for seed in value["seeds"]]
                files = [folder / f"{code}.jsonl" for folder in folders]
                results[cell][code] = result(files, name, value, suite.report.resamples)
    return results


def result(files: list[Path], name: str, value: dict, resamples: int) -> Language:
    """A language's result from its predictions, a file a seed, and its entry in the scores."""
    seeds = value["seeds"].values()
    chosen = [seed["oracle_percent"] for seed in seeds]
    main, second = resampled(files, name, resamples), {}
    for key, score in (("exact", EXACT), ("unshared", UNSHARED + name)):
        told = all(f"{score}_percent" in seed for seed in seeds)
        second[key] = resampled(files, score, resamples) if told else None
    return Language(
        score=main.score,
        replicates=main.replicates,
        n=value["n"],
        seeds=len(files),
        chance=value["chance_percent"],
        oracle=None if None in chosen else float(np.mean(chosen)),
        **second,
    )


def resampled(files: list[Path], name: str, resamples: int) -> Result:
    """One score of the examples of a test set, over all seeds."""
    points = np.array([read_points(file, name) for file in files])  # (seeds, examples, 2)
    return Result(bootstrap.score(points), bootstrap.replicates(points, resamples))


def in_order(codes, settings: Settings) -> list[str]:
    """Languages in the parameters' order: English first, then by distance from it."""
    rank = {code: index for index, code in enumerate(settings.languages)}
    return sorted(codes, key=lambda code: (rank.get(code, len(rank)), code))
