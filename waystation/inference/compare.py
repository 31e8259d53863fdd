"""Compare the recipes of one model and target: fresh processes, mirrored blocks, verdicts."""

import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from statistics import geometric_mean, mean, median

from waystation.base.errors import UserError
from waystation.base.progress import progress
from waystation.comparison.blocks import Blocks, Outcome, measure
from waystation.comparison.decisions import detectable
from waystation.comparison.stationarity import alike, notes
from waystation.inference import fresh
from waystation.inference.fresh import Job
from waystation.inference.loadgen import PERCENTILES, needed
from waystation.languages import ENGLISH
from waystation.params.schema import Server
from waystation.text_files import read_json

LATENCY, THROUGHPUT = "latency", "throughput"
MEAN = "mean"  # stands for the language where a speed is the geometric mean over all of them
SERVER_SHARE = 0.4  # of the time, where there is a server to measure
Run = list[dict]  # of one process: an entry a task and language


@dataclass
class Compared:
    """The recipes of one model and target; `jobs` by recipe, the first is the others' base."""

    model: str
    target: str
    jobs: Mapping[str, Job]
    scratch: Path

    def measured(self, margin: float, budget_sec: float, server: Server | None = None) -> dict:
        """Cells, comparisons, servers, and what a reader has to know of the measurement.

        All within `budget_sec` and one run; the comparisons leave a server its share.
        """
        recipes, runs, ends = list(self.jobs), dict[str, list[Run]](), time.monotonic() + budget_sec
        with clockwork(f"benchmark {self.model} {self.target}", budget_sec) as tick:

            def run(recipe: str) -> dict[str, float]:
                found = self.fresh(recipe, self.jobs[recipe])
                runs.setdefault(recipe, []).append(found)
                tick()
                return speeds(found)

            run(recipes[0])  # reads the files into the system's cache
            runs.clear()
            own = (1 - SERVER_SHARE if server else 1.0) * (ends - time.monotonic())
            outcome = measure(recipes, run, margin, own)
            left = ends - time.monotonic()
            servers = self.arriving(server, left) if server and left > 0 else []
        names = {"model": self.model, "target": self.target}
        return {
            "cells": [names | cell for r in recipes for cell in cells(r, runs.get(r, []))],
            "comparisons": [names | row for row in comparisons(outcome, recipes[0])],
            "ended": [names | {"why": outcome.ended, "blocks": blocks_of(outcome, recipes[0])}],
            "notes": [
                names | {"note": note}
                for note in notes_of(runs.get(recipes[0], []), outcome.blocks, margin)
            ],
            "servers": servers,
        }

    def arriving(self, server: Server, budget_sec: float) -> list[dict]:
        """What the base does when queries arrive at random, in English where that is asked."""
        recipe, job = next(iter(self.jobs.items()))
        english = [one for one in job.sets if one[1] == ENGLISH]
        sets = tuple(english or job.sets)[:1]
        job = replace(job, server=server, server_sec=budget_sec, sets=sets)
        names = {"model": self.model, "target": self.target, "recipe": recipe}
        return [names | found for found in self.fresh(recipe, job)]

    def fresh(self, recipe: str, job: Job) -> Run:
        """One run in a process of its own.

        A fork of one process that has imported the libraries and called nothing of them.
        """
        out = self.scratch / "run.json"
        self.scratch.mkdir(parents=True, exist_ok=True)
        out.unlink(missing_ok=True)
        context = get_context("forkserver")
        context.set_forkserver_preload([fresh.__name__])
        child = context.Process(target=fresh.run, args=(job, out))
        child.start()
        child.join()
        if child.exitcode:
            where = f"benchmark of {self.model} {recipe} {self.target}"
            said = read_json(out, dict)["error"] if out.is_file() else "see above"
            raise UserError(f"{where} ended with {child.exitcode}: {said}")
        return read_json(out, list)


@contextmanager
def clockwork(what: str, total_sec: float) -> Iterator[Callable[[], None]]:
    """A bar of seconds; what it gives moves the bar to now."""
    began, total = time.monotonic(), max(1, round(total_sec))
    with progress(None, total, what, "s") as bar:

        def tick() -> None:
            bar.update(min(total, round(time.monotonic() - began)) - int(bar.n))

        yield tick


def speeds(run: Run) -> dict[str, float]:
    """More is faster: queries alone a second (of the median latency), and examples a second.

    By task, language and measure, and by task and measure their geometric mean over languages.
    """
    found, by_task = {}, dict[str, list[float]]()
    for entry in run:
        measured = {
            LATENCY: 1000 / median(entry["latencies_ms"]),
            THROUGHPUT: entry["examples_per_sec"],
        }
        for quantity, speed in measured.items():
            found[f"{entry['task']} {entry['language']} {quantity}"] = speed
            by_task.setdefault(f"{entry['task']} {MEAN} {quantity}", []).append(speed)
    several = {name: own for name, own in by_task.items() if len(own) > 1}
    return found | {name: geometric_mean(own) for name, own in several.items()}


def cells(recipe: str, runs: list[Run]) -> list[dict]:
    """A cell a task and language, over all runs: percentiles of all latencies, as far as their
    number supports them, and the medians over runs of the rest."""
    return [
        {"recipe": recipe, "task": entries[0]["task"], "language": entries[0]["language"]}
        | percentiles([ms for entry in entries for ms in entry["latencies_ms"]])
        | {"throughput_n": len(entries)}
        | {
            name: mean(entry[name] for entry in entries)
            if name.endswith("_percent")
            else median(entry[name] for entry in entries)
            for name in entries[0]
            if name.endswith(("_percent", "_per_sec", "_per_word"))
        }
        for entries in zip(*runs, strict=True)
    ]


def percentiles(latencies_ms: list[float]) -> dict[str, float]:
    """Nearest rank: the smallest value that `percent` of the values do not exceed."""
    ordered, n = sorted(latencies_ms), len(latencies_ms)
    supported = [percent for percent in PERCENTILES if n >= needed(percent)]
    ranks = {percent: max(0, math.ceil(percent / 100 * n) - 1) for percent in supported}
    found = {f"latency_p{percent}_ms": ordered[rank] for percent, rank in ranks.items()}
    return found | {"latency_n": n}


def comparisons(outcome: Outcome, base: str) -> list[dict]:
    """A row a comparison: the ratio of speeds with its interval, and the verdict."""
    rows = []
    for (recipe, name), verdict in outcome.verdicts.items():
        task, language, measured = name.rsplit(" ", 2)
        low, high = verdict.ratio.interval()
        rows.append(
            {
                "recipe": recipe,
                "base": base,
                "task": task,
                "language": language,
                "measure": measured,
                "ratio": verdict.ratio.value,
                "low": low,
                "high": high,
                "verdict": verdict.said,
                "blocks": verdict.ratio.blocks,
                "detectable_percent": 100 * detectable(verdict.ratio, len(outcome.verdicts)),
            }
        )
    return rows


def blocks_of(outcome: Outcome, system: str) -> int:
    return len(outcome.blocks.numbers.get(system, []))


def notes_of(runs: list[Run], blocks: Blocks, margin: float) -> list[str]:
    """What the base's runs say of the measurement, by their first task and language; and whether
    blocks that follow each other are alike."""
    if not runs:
        return ["no block was measured: the budget of time is too small"]
    first = [run[0]["latencies_ms"] for run in runs]
    steady = notes(first, [1000 / median(latencies) for latencies in first], margin)
    return steady + alike([blocks.log_ratios(key) for key in blocks.comparisons()])
