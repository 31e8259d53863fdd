"""The scores of two revisions, cell by cell, and their paired differences.

A difference is taken over the languages that both have, without those of the fine-tuning, over the
seeds that both have, and only where both scored the same rows. Rows are resampled together.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from waystation.base.progress import progress
from waystation.report.records import Estimate
from waystation.report.scores import Result, labelled, mean, resampled
from waystation.review.revisions import Suite


@dataclass(frozen=True)
class Moved:
    """One task of one cell: its zero-shot mean in both revisions, and head less base in points."""

    model: str
    recipe: str
    target: str
    task: str  # with the number of further languages of its fine-tuning
    metric: str
    base: Estimate
    head: Estimate
    difference: Estimate
    languages: dict[str, Estimate]  # of head less base
    n: int
    seeds: int

    @property
    def is_worse(self) -> bool:
        return self.difference.high < 0

    @property
    def is_better(self) -> bool:
        return self.difference.low > 0


@dataclass
class Scored:
    """What two revisions have of the tasks of all cells, and what has no other side."""

    tasks: set[str] = field(default_factory=set)  # that either has
    same: list[str] = field(default_factory=list)  # predictions of the same bytes
    moved: list[Moved] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)  # that base has and head has not
    new: list[str] = field(default_factory=list)
    otherwise: list[str] = field(default_factory=list)  # scored on other rows, by another metric
    absent: list[str] = field(default_factory=list)  # outputs that this clone's cache has not


@dataclass(frozen=True)
class Entry:
    """A task of a cell in one revision.

    `rows`: {language: {file of test or development rows: SHA-256}}; `predicted`: {(language, seed):
    MD5 of the predictions}.
    """

    label: str
    metric: str
    trained_on: tuple[str, ...]
    counts: dict[str, int]  # test examples by language
    rows: dict[str, dict[str, str]]
    predicted: dict[tuple[str, str], str]

    @property
    def seeds(self) -> set[str]:
        return {seed for _, seed in self.predicted}


def compare(base: Suite, head: Suite, resamples: int) -> Scored:
    """All tasks of all cells that either revision has."""
    scored = Scored()
    folder = f"metrics/{head.name}/scores"
    files = dict.fromkeys([*base.below(folder), *head.below(folder)])
    for file in progress(files, len(files), f"review {head.name}", "cells"):
        cell = file.removeprefix(f"{folder}/").removesuffix(".json")
        before, after = (dict(entries(suite, file, cell, scored)) for suite in (base, head))
        for name in dict.fromkeys([*before, *after]):
            if name in before and name in after:
                hold(scored, cell, name, before[name], after[name], head, resamples)
            else:
                (scored.gone if name in before else scored.new).append(f"{cell}, {name}")
    return scored


def entries(suite: Suite, file: str, cell: str, scored: Scored) -> Iterator[tuple[str, Entry]]:
    """(`<target>/<task>`, entry) of one cell."""
    if file not in suite.outputs:
        return
    report, listing = suite.json(file), suite.listing(f"data/{suite.name}/predictions/{cell}")
    if report is None or listing is None:
        scored.absent.append(f"{suite.revision.short}: {cell}")
        return
    rows = report["made_from"]["rows_sha256"]
    for target, trained in report["targets"].items():
        for task, entry in trained["tasks"].items():
            own: dict[str, dict[str, str]] = {code: {} for code in entry["languages"]}
            for path, digest in rows.items():
                if path.startswith(f"{task}/") and Path(path).stem in own:
                    own[Path(path).stem][path] = digest
            label = labelled(task, tuple(trained["languages"]))
            scored.tasks.add(label)
            yield (
                f"{target}/{task}",
                Entry(
                    label,
                    entry["main_score"].removesuffix("_percent"),
                    tuple(trained["languages"]),
                    {code: language["n"] for code, language in entry["languages"].items()},
                    own,
                    {
                        (code, seed): listing[f"{target}/{seed}/{task}/{code}.jsonl"]
                        for code, language in entry["languages"].items()
                        for seed in language["seeds"]
                    },
                ),
            )


def hold(
    scored: Scored, cell: str, name: str, before: Entry, after: Entry, head: Suite, resamples: int
) -> None:
    """Hold one task of one cell in two revisions side by side."""
    where = f"{cell}, {name}"
    note_missing(scored, where, before, after)
    if before.metric != after.metric:
        scored.otherwise.append(f"{where}, {before.metric} and {after.metric}")
        return
    codes = [code for code in after.counts if code in before.counts]
    scored.otherwise += [f"{where}, {code}" for code in codes if other_rows(before, after, code)]
    trained = {*before.trained_on, *after.trained_on}
    paired = [c for c in codes if c not in trained and not other_rows(before, after, c)]
    seeds = sorted(before.seeds & after.seeds)
    keys = [(code, seed) for code in paired for seed in seeds]
    if not keys:
        return
    if all(before.predicted[key] == after.predicted[key] for key in keys):
        scored.same.append(where)
    elif all(head.cache.file(side.predicted[key]) for side in (before, after) for key in keys):
        cells = (cell.split("/", 2)[1], cell.split("/", 2)[2], name.partition("/")[0])
        scored.moved.append(moved(cells, before, after, paired, seeds, head, resamples))
    else:
        scored.absent.append(where)


def note_missing(scored: Scored, where: str, before: Entry, after: Entry) -> None:
    """Note languages and seeds that just one revision has."""
    for old, new, what in (
        (before.counts.keys(), after.counts.keys(), ""),
        (before.seeds, after.seeds, "seed "),
    ):
        scored.gone += [f"{where}, {what}{name}" for name in sorted(old - new)]
        scored.new += [f"{where}, {what}{name}" for name in sorted(new - old)]


def moved(
    cell: tuple[str, str, str],
    before: Entry,
    after: Entry,
    codes: list[str],
    seeds: list[str],
    head: Suite,
    resamples: int,
) -> Moved:
    """The paired difference of (model, recipe, target) over some languages and seeds."""
    old, new = (
        {code: read(side, code, seeds, head, resamples) for code in codes}
        for side in (before, after)
    )
    base, last = mean([*old.values()]), mean([*new.values()])
    return Moved(
        *cell,
        task=after.label,
        metric=after.metric,
        base=base.estimate(),
        head=last.estimate(),
        difference=(last - base).difference(),
        languages={code: (new[code] - old[code]).difference() for code in codes},
        n=min(after.counts[code] for code in codes),
        seeds=len(seeds),
    )


def other_rows(before: Entry, after: Entry, code: str) -> bool:
    """Whether two revisions scored a language on other rows."""
    return before.rows[code] != after.rows[code] or before.counts[code] != after.counts[code]


def read(entry: Entry, code: str, seeds: list[str], suite: Suite, resamples: int) -> Result:
    files = {seed: suite.cache.file(entry.predicted[code, seed]) for seed in seeds}
    return resampled({seed: file for seed, file in files.items() if file}, entry.metric, resamples)
