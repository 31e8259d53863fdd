"""The stages of a run that are on other machines: sent, awaited, sent again where a job died."""

from collections.abc import Mapping
from pathlib import Path

from waystation.runner import dvc_stage
from waystation.runner.cluster import Executor, Job, Request
from waystation.runner.outcome import address, log_file
from waystation.runner.schedule import ancestors, group

TRIES = 3  # of a job that dies without a result


class Away:
    """The jobs of one run of a suite."""

    def __init__(
        self,
        executor: Executor,
        suite: str,
        file: Path,
        upstream: Mapping[str, set[str]],
        resources: Mapping[str, dict],
    ):
        self.executor, self.suite, self.file = executor, suite, file
        self.upstream, self.resources = dict(upstream), resources
        self.jobs: dict[str, Job] = {}
        self.waiting: list[str] = []  # to be sent at the next look, together
        self.tries: dict[str, int] = {}

    def add(self, stage: str) -> None:
        self.waiting.append(stage)

    @property
    def stages(self) -> list[str]:
        return [*self.jobs, *self.waiting]

    def look(self) -> dict[str, bool]:
        """Send what waits; {stage: whether there is a result} of the jobs that have ended."""
        if self.waiting:
            self.jobs |= self.executor.submit([self.request(stage) for stage in self.waiting])
            self.waiting.clear()
        ended: dict[str, bool] = {}
        for stage in [stage for stage, job in self.jobs.items() if job.ended()]:
            status = self.jobs.pop(stage).status()
            if isinstance(status, int):
                ended[stage] = status in (dvc_stage.RAN, dvc_stage.UNCHANGED)
            elif self.tries.setdefault(stage, 1) < TRIES:
                self.tries[stage] += 1
                self.waiting.append(stage)
            else:
                note(log_file(self.suite, stage), f"its job died {TRIES} times, last: {status}")
                ended[stage] = False
        return ended

    def request(self, stage: str) -> Request:
        needed = ancestors([stage], self.upstream) - {stage}
        return Request(
            stage=stage,
            address=address(self.file, stage),
            upstream=tuple(sorted(address(self.file, name) for name in needed)),
            log=str(log_file(self.suite, stage)),
            **self.resources.get(group(stage), {}),
        )


def note(log: Path, text: str) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a") as stream:
        stream.write(f"{text}\n")
