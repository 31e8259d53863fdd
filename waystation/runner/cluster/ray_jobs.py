"""A Ray cluster: one that is there (RAY_ADDRESS), or one that Ray starts on this machine."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ray

from waystation.runner.cluster import Job, Request, import_path
from waystation.runner.cluster.job import run_stage


class Sent:
    """A stage that Ray runs."""

    def __init__(self, reference: Any):
        self.reference = reference

    def ended(self) -> bool:
        return bool(ray.wait([self.reference], timeout=0)[0])

    def status(self) -> int | str:
        try:
            return ray.get(self.reference)
        except ray.exceptions.RayError as problem:
            return str(problem).strip().rpartition("\n")[2] or type(problem).__name__


class Cluster:
    """The nodes; Ray itself runs no more at a time than their cores allow."""

    def __init__(self) -> None:
        self.home = str(Path.cwd())
        if not ray.is_initialized():
            place, found = (
                os.environ.get("RAY_ADDRESS"),
                {"env_vars": {"PYTHONPATH": import_path()}},
            )
            ray.init(address=place, runtime_env=found, log_to_driver=False)
        nodes = [node for node in ray.nodes() if node["Alive"]]
        print(f"Ray: {len(nodes)} nodes", file=sys.stderr, flush=True)

    def submit(self, requests: Sequence[Request]) -> dict[str, Job]:
        return {request.stage: Sent(self.sent(request)) for request in requests}

    def sent(self, request: Request) -> Any:
        task = ray.remote(run_stage).options(
            num_cpus=request.cores,
            num_gpus=request.cards,
            memory=int(request.memory_gib * 2**30),
            max_retries=0,  # `away` sends again what died
            name=request.stage,
        )
        return task.remote(self.home, request)


def connect(suite: str, at_once: int) -> Cluster:
    return Cluster()
