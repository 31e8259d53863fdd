"""Which stage to start next when several run at once: pure logic, without DVC.

Stages and their upstream are names. A stage is waiting, running, done, failed, or skipped because
something upstream of it failed. Of the stages that could start, the one with the longest path of
expected seconds to the graph's end starts first. An exclusive stage measures time: it starts when
nothing runs and nothing else could, and nothing starts beside it.
"""

import heapq
import json
from collections.abc import Callable, Collection, Iterable, Mapping
from fnmatch import fnmatchcase
from graphlib import TopologicalSorter
from pathlib import Path
from statistics import median

from waystation.base.errors import UserError

# Seconds of a group that has not run on this machine: sizes relative to each other, off runs of the
# generated suites; what stages really take scales them as they end.
TYPICAL_SEC = {
    "generate": 20.0,
    "tokenizer": 30.0,
    "pretrain": 150.0,
    "intermediate": 25.0,
    "target": 50.0,
    "evaluate": 30.0,
    "align": 10.0,
    "snapshots": 10.0,
    "benchmark": 100.0,
    "report": 20.0,
}
DEFAULT_SEC = 2.0  # all others
START_SEC = 2.0  # what a stage's start costs and the stage does not see: processes, imports, DVC

Upstream = Mapping[str, Collection[str]]


class Schedule:
    """The state of a run of `stages`, each with the upstream that is among them."""

    def __init__(
        self,
        upstream: Upstream,
        seconds: Mapping[str, float],
        exclusive: Callable[[str], bool] = lambda stage: False,
    ):
        self.upstream = {stage: set(needed) & set(upstream) for stage, needed in upstream.items()}
        self.seconds = seconds
        self.exclusive = exclusive
        self.waiting = dict.fromkeys(upstream)
        self.running: set[str] = set()
        self.done: set[str] = set()
        self.failed: list[str] = []
        self.skipped: list[str] = []
        self.path_sec = longest_paths(self.upstream, seconds)

    def next(self, allowed: Callable[[str], bool] = lambda stage: True) -> str | None:
        """Start the most urgent allowed stage that may start now; None if none may."""
        if any(self.exclusive(stage) for stage in self.running):
            return None
        ready = [s for s in self.waiting if allowed(s) and self.upstream[s] <= self.done]
        chosen = [stage for stage in ready if not self.exclusive(stage)]
        if not chosen and not self.running:
            chosen = ready
        if not chosen:
            return None
        stage = max(chosen, key=lambda stage: self.path_sec[stage])
        del self.waiting[stage]
        self.running.add(stage)
        return stage

    def finish(self, stage: str, succeeded: bool) -> list[str]:
        """Note the end of a running stage; returns what is skipped because it failed."""
        self.running.remove(stage)
        if succeeded:
            self.done.add(stage)
            return []
        self.failed.append(stage)
        lost = downstream([stage], self.upstream) - {stage}
        skipped = [other for other in self.waiting if other in lost]
        for other in skipped:
            del self.waiting[other]
        self.skipped += skipped
        return skipped

    def keep(self, stages: Collection[str]) -> None:
        """Take only these of the waiting stages as out of date, the others as done."""
        settled = [stage for stage in self.waiting if stage not in stages]
        for stage in settled:
            del self.waiting[stage]
        self.done.update(settled)

    def seconds_left(self, workers: int, elapsed: Mapping[str, float], scale: float) -> float:
        """Expected seconds until the end: the rest of the run, played through.

        `elapsed` are the seconds that each running stage has run, `scale` is what a stage takes
        over what was expected.
        """
        upstream = {stage: self.upstream[stage] for stage in (*self.running, *self.waiting)}
        rest = Schedule(upstream, self.seconds, self.exclusive)
        ends: list[tuple[float, str]] = []
        for stage in sorted(self.running):
            del rest.waiting[stage]
            rest.running.add(stage)
            left = max(0.0, self.seconds[stage] * scale - elapsed.get(stage, 0.0))
            heapq.heappush(ends, (left, stage))
        now = 0.0
        while True:
            while len(ends) < workers and (started := rest.next()):
                heapq.heappush(ends, (now + self.seconds[started] * scale, started))
            if not ends:
                return now
            now, stage = heapq.heappop(ends)
            rest.finish(stage, succeeded=True)


def longest_paths(upstream: Upstream, seconds: Mapping[str, float]) -> dict[str, float]:
    """For each stage, the seconds of the longest chain that starts with it."""
    paths: dict[str, float] = {}
    for stage in reversed([*TopologicalSorter(upstream).static_order()]):
        paths[stage] = paths.get(stage, 0.0) + seconds[stage]
        for earlier in upstream[stage]:
            paths[earlier] = max(paths.get(earlier, 0.0), paths[stage])
    return paths


def downstream(stages: Iterable[str], upstream: Upstream) -> set[str]:
    """The stages themselves and all that comes after one of them."""
    reached = set(stages)
    for stage in TopologicalSorter(upstream).static_order():
        if reached & set(upstream[stage]):
            reached.add(stage)
    return reached


def ancestors(stages: Iterable[str], upstream: Upstream) -> set[str]:
    """The stages themselves and all that comes before one of them."""
    reached, waiting = set(), list(stages)
    while waiting:
        stage = waiting.pop()
        if stage not in reached:
            reached.add(stage)
            waiting += upstream[stage]
    return reached


def group(stage: str) -> str:
    """`target` of `target@tagging-pico-none`."""
    return stage.partition("@")[0]


def resolve(targets: list[str], stages: list[str]) -> list[str]:
    """The stages that targets name: a stage, a group, or a pattern."""
    chosen = []
    for target in targets:
        named = [s for s in stages if target in (s, group(s)) or fnmatchcase(s, target)]
        if not named:
            groups = ", ".join(dict.fromkeys(group(stage) for stage in stages))
            raise UserError(f"no stage is named {target!r}; groups of stages: {groups}")
        chosen += named
    return chosen or stages


def noted(stage: str) -> str:
    """The name under which a stage notes its seconds: the grids with `..._extra` run the same verb.

    `target@tagging-nano-anli` of `target_extra@tagging-nano-anli`.
    """
    name, at, item = stage.partition("@")
    return name.removesuffix("_extra") + at + item


def beginnings(stage: str) -> list[str]:
    """`target@a-b`, `target@a` and `target@` of `target@a-b`."""
    verb, _, item = stage.partition("@")
    parts = item.split("-")
    return [f"{verb}@{'-'.join(parts[:count])}" for count in range(len(parts), -1, -1)]


def expected_seconds(stages: Collection[str], suite: str, runs: Path) -> dict[str, float]:
    """Seconds that each stage should take: as last time, else as its relatives, else as elsewhere.

    The relatives of a stage are those of its group whose names begin like its own, the longer the
    better: `target@sentences-small-6-none` is one of `target@sentences-small-none`.
    """
    last: dict[str, float] = {}
    if runs.is_file():
        for line in runs.read_text().splitlines():
            try:
                record = json.loads(line)
                if record["suite"] == suite:
                    last[record["stage"]] = float(record["stage_sec"])
            except (ValueError, KeyError, TypeError):  # a line that a killed stage cut short
                continue
    relatives: dict[str, list[float]] = {}
    for stage, seconds in last.items():
        for beginning in beginnings(stage):
            relatives.setdefault(beginning, []).append(seconds)

    def expected(stage: str) -> float:
        name = noted(stage)
        if name in last:
            return last[name] + START_SEC
        known = next((relatives[b] for b in beginnings(name) if b in relatives), None)
        typical = TYPICAL_SEC.get(group(name), DEFAULT_SEC)
        return START_SEC + (median(known) if known else typical)

    return {stage: expected(stage) for stage in stages}
