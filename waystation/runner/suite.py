"""One run of one suite: its stages started and awaited."""

import time
from collections.abc import Callable, Sequence
from multiprocessing import connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from waystation.base.errors import UserError
from waystation.base.process import report_file, scratch_root
from waystation.params.yaml_files import read_yaml
from waystation.runner import cluster, dvc_graph, dvc_stage, remote, stored_results
from waystation.runner.cards import Cards, cards
from waystation.runner.cluster.away import Away, note
from waystation.runner.display import Display, duration
from waystation.runner.outcome import Outcome, address, log_file
from waystation.runner.schedule import (
    Schedule,
    ancestors,
    downstream,
    expected_seconds,
    group,
    resolve,
)
from waystation.runner.worker import preload

DECIDING = ("code", "generate", "sources", "download", "recipes")  # cheap; say what else must run
EXCLUSIVE = "benchmark"
TICK_SEC = 0.5


class Interrupted(BaseException):
    """Ctrl-C, SIGTERM or SIGHUP."""


class Suite:
    """One run of one suite: of targets and what they need, then of `alone`, as things stand."""

    def __init__(
        self,
        file: Path,
        targets: list[str],
        workers: int,
        alone: Sequence[str] = (),
        executor: str = "local",
    ):
        params = read_params(file)
        self.file, self.workers = file, workers
        self.name = params.get("suite", file.absolute().parent.name)
        self.began = time.monotonic()
        self.stores = stored_results.folder_of(file) is not None
        self.restored = stored_results.restore(file)
        self.graph = dvc_graph.read_graph(file)
        named = resolve(targets, list(self.graph.upstream))
        self.wanted = ancestors(named, self.graph.upstream) | {*alone}
        self.named, self.alone = {*named, *alone}, {*alone}
        self.schedule = self.scheduled(self.stale(self.graph))
        self.processes: dict[str, BaseProcess] = {}
        self.back: set[str] = set()  # stages whose jobs have ended
        self.cards = Cards(cards() if params.get("device") == "cuda" else ())
        sent = cluster.executor(executor, self.name, workers)
        resources = params.get("resources") or {}
        self.away = sent and Away(sent, self.name, file, self.graph.upstream, resources)
        self.started: dict[str, float] = {}
        self.took: dict[str, float] = {}  # seconds of those that ran

    def stale(self, graph: dvc_graph.Graph) -> set[str]:
        """What has to run; where git keeps results, models are made only for a stage that runs."""
        if not self.stores:
            return downstream(graph.changed | graph.absent, graph.upstream) & self.wanted
        stale = downstream(graph.changed, graph.upstream) & self.wanted
        stale |= self.named & graph.unfinished
        stale -= {stage for stage in self.alone if self.is_better_in_git(stage, graph)}
        return ancestors(stale, {s: self.needed(s, found) for s, found in graph.lacks.items()})

    def is_better_in_git(self, stage: str, graph: dvc_graph.Graph) -> bool:
        """Whether a stage reads all models, git has its results, and this clone lacks models."""
        lacking = {s for s in graph.lacks[stage] & {*graph.recorded} if group(s) not in DECIDING}
        return bool(lacking) and stored_results.is_held(self.file, stage)

    def needed(self, stage: str, lacking: set[str]) -> set[str]:
        """What has to be made before a stage; what runs as things stand takes no model for that."""
        if stage in self.alone:
            return {other for other in lacking & self.wanted if group(other) in DECIDING}
        return lacking & self.wanted

    def scheduled(self, stages: set[str]) -> Schedule:
        seconds = expected_seconds(self.graph.upstream, self.name, scratch_root() / "runs.jsonl")
        upstream = {s: needed for s, needed in self.graph.upstream.items() if s in stages}
        return Schedule(upstream, seconds, lambda stage: group(stage) == EXCLUSIVE)

    def run(self) -> int:
        """Run what is out of date; returns the exit status."""
        if self.restored:
            print(f"{self.name}: results of {self.restored} stages come from git")
        if not self.schedule.waiting:
            stored_results.keep(self.file)
            print(f"{self.name}: all {len(self.wanted)} stages are up to date")
            return 0
        self.display = Display(self.name, len(self.wanted))
        report_file(self.name).unlink(missing_ok=True)  # of an earlier run
        self.pulls = remote.pull_records()
        dvc_stage.warm_up()
        try:
            self.work_off()
        except Interrupted as interrupted:
            self.display.close()
            print(f"{self.name}: ending {len(self.processes)} stages", flush=True)
            dvc_stage.stop(list(self.processes.values()))
            stored_results.keep(self.file)
            print(f"interrupted after {len(self.took)} stages; the same command goes on from here")
            if self.away and self.away.jobs:
                print(f"{len(self.away.jobs)} jobs go on elsewhere; the same command finds them")
            return 128 + interrupted.args[0]
        self.display.close()
        dvc_graph.sort_lock(self.file, self.graph, drop=not self.schedule.failed)
        stored_results.keep(self.file)
        if report_file(self.name).is_file():
            print(report_file(self.name).read_text(), flush=True)
        print(self.outcome(), flush=True)
        return 1 if self.schedule.failed else 0

    def work_off(self) -> None:
        """Run what has to, first what decides about the rest."""
        for verbs in (("code",), DECIDING) if self.stores else (DECIDING,):
            self.work(verbs.__contains__)
            if self.took and self.schedule.waiting:
                self.schedule.keep(self.stale(dvc_graph.read_graph(self.file)))
        self.work(lambda verb: True)
        if self.stores and not self.schedule.failed and (again := self.moved()):
            self.schedule = self.scheduled(again)
            self.work_off()

    def moved(self) -> set[str]:
        """What a model made again puts out of date: its bytes differ on another processor."""
        return self.stale(dvc_graph.read_graph(self.file)) - self.took.keys()

    def work(self, asked: Callable[[str], bool]) -> None:
        """Start and await stages until none is left whose group is asked for."""

        def allowed(stage: str) -> bool:
            return asked(group(stage))

        verbs = self.graph.verbs
        preload(verbs[s] for s in self.schedule.waiting if allowed(s) and s in verbs)
        while True:
            while len(self.busy) < self.workers and (stage := self.schedule.next(allowed)):
                self.started[stage] = time.monotonic()
                self.start(stage)
            if not self.busy:
                return
            self.display.tick(
                self.finished_count(),
                self.seconds_left,
                self.busy,
                len(self.schedule.waiting),
                len(self.schedule.failed),
            )
            connection.wait([p.sentinel for p in self.processes.values()], TICK_SEC)
            for stage in [s for s, p in self.processes.items() if not p.is_alive()]:
                self.ended(stage)
            for stage, has_result in (self.away.look() if self.away else {}).items():
                self.came_back(stage, has_result)

    @property
    def busy(self) -> list[str]:
        """Stages that run or wait for a machine, here and elsewhere."""
        return [*self.processes, *(self.away.stages if self.away else ())]

    def is_away(self, stage: str) -> bool:
        """Whether a stage runs elsewhere; what is cheap, or decides what else runs, stays here."""
        return self.away is not None and group(stage) not in (*DECIDING, "report")

    def start(self, stage: str) -> None:
        self.processes[stage] = dvc_stage.start(
            address(self.file, stage),
            log_file(self.name, f"record/{stage}" if self.is_away(stage) else stage),
            stage in self.graph.verbs,
            None if self.is_away(stage) else self.cards.take(stage),
            self.pulls,
            self.is_away(stage),
        )

    def came_back(self, stage: str, has_result: bool) -> None:
        """Record what a job has left in the cache, or its failure."""
        self.back.add(stage)
        if has_result:
            self.start(stage)
        else:
            self.finish(stage, dvc_stage.FAILED)

    def ended(self, stage: str) -> None:
        process = self.processes.pop(stage)
        self.cards.release(stage)
        process.join()
        if process.exitcode != dvc_stage.ABSENT:
            self.finish(stage, process.exitcode)
        elif self.away and stage not in self.back:
            self.away.add(stage)
        else:
            text = "its job left no result in DVC's cache: is the cache the same on both machines?"
            note(log_file(self.name, stage), text)
            self.finish(stage, dvc_stage.FAILED)

    def finish(self, stage: str, exitcode: int | None) -> None:
        seconds = time.monotonic() - self.started[stage]
        if exitcode == dvc_stage.RAN:
            self.took[stage] = seconds
        succeeded = exitcode in (dvc_stage.RAN, dvc_stage.UNCHANGED)
        skipped = self.schedule.finish(stage, succeeded)
        line = f"{stage} {duration(seconds)}"
        if exitcode == dvc_stage.UNCHANGED:
            line = f"{stage} up to date"
        elif not succeeded:
            line = f"FAILED {line}, see {log_file(self.name, stage)}"
            line += f"; {len(skipped)} stages that need it are skipped" if skipped else ""
        self.display.finished(line, self.finished_count(), self.seconds_left)

    def finished_count(self) -> int:
        """Stages that are up to date by now."""
        left = len(self.schedule.waiting) + len(self.schedule.running)
        return len(self.wanted) - left - len(self.schedule.failed) - len(self.schedule.skipped)

    def seconds_left(self) -> float:
        now = time.monotonic()
        elapsed = {stage: now - self.started[stage] for stage in self.busy}
        pairs = [(took, self.schedule.seconds[stage]) for stage, took in self.took.items()]
        # What took no tenth of its time came from a cache, and says nothing of this machine.
        made = [(took, expected) for took, expected in pairs if took > expected / 10]
        # This machine now, over what was noted; a half minute of doubt while few have run.
        scale = (sum(took for took, _ in made) + 30) / (sum(expected for _, expected in made) + 30)
        return self.schedule.seconds_left(self.workers, elapsed, scale)

    def expected(self) -> str:
        """How many stages are out of date and how long they should take, before any has run."""
        seconds = self.schedule.seconds_left(self.workers, {}, 1.0)
        return (
            f"{len(self.schedule.waiting)} of {len(self.wanted)} stages are out of date; "
            f"about {duration(seconds)}, as far as earlier runs tell"
        )

    def outcome(self) -> Outcome:
        return Outcome(
            self.name,
            self.file,
            len(self.wanted),
            self.took,
            self.schedule.failed,
            self.schedule.skipped,
            time.monotonic() - self.began,
        )


def read_params(file: Path) -> dict:
    """The parameters beside a dvc.yaml, unchecked: nothing where there are none."""
    params = file.with_name("params.yaml")
    values = read_yaml(params) if params.is_file() else {}
    if not isinstance(values, dict | None):
        raise UserError(f"{params}: expected a mapping, got {values!r:.60}")
    return values or {}
