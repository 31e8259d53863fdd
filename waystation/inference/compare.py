"""Compare recipes and engines of one model and target: fresh processes, mirrored blocks, verdicts.

An engine that gives another score than the first one is told with its score: one that keeps less
than `KEPT` of the first one's score on the same examples is not called faster.
"""

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
from waystation.comparison.decisions import FASTER, KEPT, LOSES, detectable, share_kept
from waystation.comparison.stationarity import alike, notes
from waystation.inference import fresh
from waystation.inference.fresh import Job
from waystation.inference.loadgen import PERCENTILES, needed
from waystation.languages import ENGLISH
from waystation.params.benchmark import Server
from waystation.text_files import read_json

LATENCY, THROUGHPUT = "latency", "throughput"
MEAN = "mean"  # stands for the language where a speed is the geometric mean over all of them
SERVER_SHARE = 0.4  # of the time, where there is a server to measure
BASE = ""  # names the first system among the scores
Run = list[dict]  # of one process: an entry a task and language
Scores = dict[tuple[str, str], float]  # percent by task and language; MEAN is over the languages


@dataclass
class Compared:
    """The systems of one model and target, each a recipe run by an engine.

    `jobs` by the system's name; the first is the others' base.
    """

    model: str
    target: str
    jobs: Mapping[str, Job]
    scratch: Path

    def measured(self, margin: float, budget_sec: float, server: Server | None = None) -> dict:
        """Cells, comparisons, servers, and what a reader has to know of the measurement.

        All within `budget_sec` and one run; the comparisons leave a server its share.
        """
        systems, runs, ends = list(self.jobs), dict[str, list[Run]](), time.monotonic() + budget_sec
        with clockwork(f"benchmark {self.model} {self.target}", budget_sec) as tick:

            def run(system: str) -> dict[str, float]:
                found = self.fresh(self.jobs[system])
                runs.setdefault(system, []).append(found)
                tick()
                return speeds(found)

            scores = self.scores()
            run(systems[0])  # reads the files into the system's cache
            runs.clear()
            own = (1 - SERVER_SHARE if server else 1.0) * (ends - time.monotonic())
            outcome = measure(systems, run, margin, own)
            left = ends - time.monotonic()
            servers = self.arriving(server, left) if server and left > 0 else []
        names = {"model": self.model, "target": self.target}
        return {
            "cells": [
                names | named(self.jobs[s]) | cell
                for s in systems
                for cell in cells(runs.get(s, []))
            ],
            "comparisons": [names | row for row in comparisons(outcome, self.jobs, scores)],
            "ended": [names | {"why": outcome.ended, "blocks": blocks_of(outcome, systems[0])}],
            "notes": [
                names | {"note": note}
                for note in notes_of(runs.get(systems[0], []), outcome.blocks, margin)
            ],
            "servers": servers,
        }

    def scores(self) -> dict[str, Scores]:
        """Of the base and of every system with another engine; none where all have the same.

        Whatever an engine writes once, as an exported graph, it writes here, before the clock runs.
        """
        first = next(iter(self.jobs.values()))
        others = {s: job for s, job in self.jobs.items() if job.backend != first.backend}
        asked = {BASE: first} | others if others else {}
        return {
            system: scores_of(self.fresh(replace(job, scoring=True)))
            for system, job in asked.items()
        }

    def arriving(self, server: Server, budget_sec: float) -> list[dict]:
        """What the base does when queries arrive at random, in English where that is asked."""
        job = next(iter(self.jobs.values()))
        english = [one for one in job.sets if one[1] == ENGLISH]
        sets = tuple(english or job.sets)[:1]
        job = replace(job, server=server, server_sec=budget_sec, sets=sets)
        names = {"model": self.model, "target": self.target} | named(job)
        return [names | found for found in self.fresh(job)]

    def fresh(self, job: Job) -> Run:
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
            where = f"benchmark of {self.model} {job.recipe} {self.target} by {job.backend}"
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


def named(job: Job) -> dict[str, str]:
    return {"recipe": job.recipe, "backend": job.backend}


def scores_of(run: Run) -> Scores:
    """The scores of a run, and of each task with several languages their mean."""
    found = {(entry["task"], entry["language"]): entry["score_percent"] for entry in run}
    for task in dict.fromkeys(task for task, _ in found):
        own = [score for (name, _), score in found.items() if name == task]
        if len(own) > 1:
            found[task, MEAN] = mean(own)
    return found


def cells(runs: list[Run]) -> list[dict]:
    """A cell a task and language, over all runs: percentiles of all latencies, as far as their
    number supports them, and the medians over runs of the rest."""
    return [
        {"task": entries[0]["task"], "language": entries[0]["language"]}
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


def comparisons(
    outcome: Outcome, jobs: Mapping[str, Job], scores: Mapping[str, Scores]
) -> list[dict]:
    """A row a comparison: the ratio of speeds with its interval, and the verdict."""
    rows, base = [], next(iter(jobs.values()))
    for (system, name), verdict in outcome.verdicts.items():
        task, language, measured = name.rsplit(" ", 2)
        low, high = verdict.ratio.interval()
        score = scored_beside(scores, system, (task, language))
        lost = bool(score) and share_kept(*score.values()) < KEPT
        rows.append(
            named(jobs[system])
            | {
                "base": base.recipe,
                "base_backend": base.backend,
                "task": task,
                "language": language,
                "measure": measured,
                "ratio": verdict.ratio.value,
                "low": low,
                "high": high,
                "verdict": LOSES if verdict.said == FASTER and lost else verdict.said,
                "blocks": verdict.ratio.blocks,
                "detectable_percent": 100 * detectable(verdict.ratio, len(outcome.verdicts)),
            }
            | score
        )
    return rows


def scored_beside(
    scores: Mapping[str, Scores], system: str, key: tuple[str, str]
) -> dict[str, float]:
    """A system's score and the base's; nothing for the base's own engine."""
    if system not in scores:
        return {}
    return {"score_percent": scores[system][key], "base_score_percent": scores[BASE][key]}


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
