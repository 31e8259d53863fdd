"""What a job does, wherever it runs: one stage, in a checkout that no other job uses."""

import os
import sys
from pathlib import Path

from dvc.exceptions import DvcException
from dvc.repo import Repo

from waystation.runner import dvc_stage
from waystation.runner.cluster import Request
from waystation.runner.cluster.checkout import lent


def run_stage(home: str, request: Request) -> int:
    """Run a stage of the clone at `home`; its exit status (`runner.dvc_stage`).

    The outputs are in DVC's cache afterwards, with a record of what they were made from.
    """
    # Commands say `python`: it shall be this one.
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with lent(Path(home)) as folder:
        os.chdir(folder)
        log = Path(request.log)
        log.parent.mkdir(parents=True, exist_ok=True)
        try:
            with Repo() as repo:
                repo.checkout(targets=list(request.upstream), force=True)
        except DvcException as problem:
            log.write_text(f"what the stage needs is not in DVC's cache: {problem}\n")
            return dvc_stage.FAILED
        process = dvc_stage.start(request.address, log, in_worker=False)
        process.join()
        if process.exitcode is None or process.exitcode < 0:  # killed: a job to be sent again
            raise ChildProcessError(f"the process of {request.stage} ended with {process.exitcode}")
        return process.exitcode
