"""Slurm through submitit; where there is no Slurm, submitit's own jobs on this machine.

Stages that want the same resources are one array. Slurm requeues what it preempts, and the stage
goes on where it was. The ids of jobs are kept, so that a second call finds those of the first.
"""

import hashlib
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import submitit
from submitit.helpers import DelayedSubmission

from waystation.base.process import scratch_root
from waystation.files import whole
from waystation.runner.cluster import Job, Request, import_path
from waystation.runner.cluster.job import run_stage

KINDS = {"slurm": submitit.SlurmJob, "local": submitit.LocalJob}


class StageJob:
    """What submitit pickles: a stage to run, again where it was preempted."""

    def __init__(self, home: str):
        self.home = home

    def __call__(self, request: Request) -> int:
        return run_stage(self.home, request)

    def checkpoint(self, request: Request) -> DelayedSubmission:
        return DelayedSubmission(self, request)


class Submitted:
    """A job by its id, of this process or of one before."""

    def __init__(self, job: Any):
        self.job = job

    def ended(self) -> bool:
        if self.job.paths.result_pickle.exists():
            return True
        if getattr(self.job, "_process", 0) is None:  # of a process before, on this machine
            return not Path("/proc", self.job.job_id).exists()
        return self.job.done()

    def status(self) -> int | str:
        try:
            return self.job.result()
        except Exception as problem:  # a killed job, a lost node, an error of unpickling
            return str(problem).strip().partition("\n")[0] or type(problem).__name__


class Slurm:
    """The jobs of one suite; of each array at most `at_once` run at the same time."""

    def __init__(self, suite: str, at_once: int):
        self.suite, self.at_once = suite, at_once
        self.home = str(Path.cwd())
        self.folder = scratch_root() / "jobs" / suite
        self.folder.mkdir(parents=True, exist_ok=True)
        self.notes = self.folder / "ids.json"
        self.known = json.loads(self.notes.read_text()) if self.notes.is_file() else {}
        os.environ["PYTHONPATH"] = import_path()  # jobs inherit it
        self.submitter = submitit.AutoExecutor(folder=self.folder)
        if self.submitter.cluster == "local":
            print("there is no Slurm here: jobs run on this machine", file=sys.stderr, flush=True)

    def submit(self, requests: Sequence[Request]) -> dict[str, Job]:
        jobs: dict[str, Job] = {}
        arrays: dict[tuple, list[Request]] = {}
        for request in requests:
            if job := self.found(request):
                jobs[request.stage] = job
            else:
                wanted = (request.cores, request.memory_gib, request.cards, request.minutes)
                arrays.setdefault(wanted, []).append(request)
        for (cores, memory, cards, minutes), array in arrays.items():
            self.submitter.update_parameters(
                name=f"waystation-{self.suite}",
                cpus_per_task=cores,
                mem_gb=memory,
                gpus_per_node=cards,
                timeout_min=minutes,
                slurm_array_parallelism=self.at_once,
            )
            submitted: list[Any] = self.submitter.map_array(StageJob(self.home), array)
            for request, job in zip(array, submitted, strict=True):
                jobs[request.stage] = Submitted(job)
                self.known[self.key(request)] = job.job_id
        self.write_notes()
        return jobs

    def found(self, request: Request) -> Job | None:
        """The job of an earlier call that still runs or waits."""
        number = self.known.get(self.key(request))
        if number is None:
            return None
        job = Submitted(KINDS[self.submitter.cluster](folder=self.folder, job_id=number))
        return None if job.ended() else job

    def key(self, request: Request) -> str:
        """A digest of what the job would run: the same stage of other parameters is another."""
        file = Path(request.address.rpartition(":")[0])
        text = json.dumps(asdict(request), sort_keys=True)
        for name in (file, file.with_name("params.yaml")):
            text += name.read_text()
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def write_notes(self) -> None:
        with whole(self.notes) as beside:
            beside.write_text(json.dumps(self.known))


def connect(suite: str, at_once: int) -> Slurm:
    return Slurm(suite, at_once)
