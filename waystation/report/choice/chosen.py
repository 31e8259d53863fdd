"""What English rows chose, what other weights score, and what was promised before training."""

from pathlib import Path
from statistics import mean
from typing import Any

from waystation.grid.cells import all_cells
from waystation.params.schema import Settings
from waystation.report.choice.choice_records import EnglishScore, PromisedGain, Weights
from waystation.report.scores import Score
from waystation.text_files import in_form, read_json

COLUMNS = {
    "last": "last_percent",
    "mean of snapshots": "snapshots_percent",
    "mean of seeds": "seeds_percent",
}
CELL = ("model", "recipe", "target", "task")


def read_chosen(
    scores: list[Score], suite: Settings, folder: Path
) -> tuple[list[EnglishScore], list[Weights]]:
    """The rows of all groups that have run, of cells that the grid has."""
    english, tests, grid = [], [], set(all_cells(suite))
    for group in suite.target.groups:
        file = folder / f"{group}.json"
        if file.is_file():
            with in_form(file):
                told = read_json(file, dict)
                rows = [row for row in told["english"] if (row["model"], row["recipe"]) in grid]
                english += [EnglishScore(**row) for row in rows]
                tests += told["tests"]
    return english, [*by_weights(tests, scores)]


def read_promises(suite: Settings, folder: Path) -> list[PromisedGain]:
    """The rows of all models that have run."""
    rows = []
    for model in suite.models:
        file = folder / f"{model}.json"
        if file.is_file():
            with in_form(file):
                rows += [
                    PromisedGain(
                        model=model, target=target, source=source, method=method, score=score
                    )
                    for method, targets in read_json(file, dict)["scores"].items()
                    for target, sources in targets.items()
                    for source, score in sources.items()
                ]
    return rows


def by_weights(tests: list[dict], scores: list[Score]) -> list[Weights]:
    """A row a task of a cell of which other weights were scored."""
    rows = []
    for score in scores:
        own = [test for test in tests if all(test[k] == getattr(score, k) for k in CELL)]
        codes = score.zero_shot()
        if not own or not codes:
            continue
        others: dict[str, Any] = {
            COLUMNS[test["variant"]]: zero_shot(test["languages"], score)
            for test in own
            if {*codes} <= {*test["languages"]}
        }
        row = Weights(
            **score.names(),
            seeds=score.counts(codes)["seeds"],
            chosen_percent=score.mean(codes).score,
            oracle_percent=score.oracle(codes),
            **others,
        )
        rows.append(row)
    return rows


def zero_shot(languages: dict[str, dict[str, float]], score: Score) -> float:
    """The mean over languages and seeds. A seed that is not told has its chosen weights; a model
    that is a mean of seeds has a single score."""
    means = []
    for code in score.zero_shot():
        told, chosen = languages[code], score.languages[code].by_seed
        means.append(mean((told if "all" in told else chosen | told).values()))
    return mean(means)
