"""One stage reproduced by DVC in a process of its own.

Starting `dvc` costs about a second per stage. Here every stage gets a process that is forked from
one in which DVC is imported already: as separate as a `dvc repro --single-item`, without the start.
"""

import logging
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from multiprocessing import get_context, parent_process
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import RLock
from typing import cast

from dvc.exceptions import DvcException, ReproductionError
from dvc.lock import LockError
from dvc.repo import Repo
from dvc.stage import run as dvc_command
from dvc.stage.exceptions import StageCmdFailedError
from tqdm import tqdm

from waystation.base.process import end_with_parent
from waystation.runner.dvc_graph import PatientLock, Stopped, be_patient
from waystation.runner.lock_file import record_entries_alone
from waystation.runner.worker import Worker, verb

RAN, FAILED, UNCHANGED, ABSENT = 0, 1, 3, 4  # exit statuses of a stage's process
BUSY_SEC = 1.0

tqdm.monitor_interval = 0  # no thread of its own: what is forked must not have any


def warm_up() -> None:
    """Import once, here, what DVC imports when it records a result."""
    import dulwich.index  # noqa: F401
    import dvc_data.hashfile.status  # noqa: F401
    import pygit2  # noqa: F401


class Absent(BaseException):
    """DVC has no result of the stage; not an Exception, so that DVC passes it on."""


def start(
    address: str,
    log: Path,
    in_worker: bool,
    card: str | None = None,
    pulls: bool = False,
    only_record: bool = False,
) -> BaseProcess:
    """Reproduce one stage (`dvc.yaml:name`) in a new process; its exit status is one of the four.

    All that DVC and the stage's command print goes to `log`. Of the cards the stage sees `card`
    alone. With `in_worker` the command runs in a fork instead of a new Python. With `pulls` outputs
    that other clones have made come from the default remote, instead of being made again. With
    `only_record` the command does not run: what DVC has no result of is ABSENT.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    sys.stdout.flush()
    sys.stderr.flush()
    process = get_context("fork").Process(
        target=_work, args=(address, log, in_worker, card, pulls, only_record)
    )
    process.start()
    return process


def stop(processes: list[BaseProcess], patience_sec: float = 10) -> None:
    """End processes and the commands that they run: asked again and again, at last forced."""
    began = time.monotonic()
    while alive := [process for process in processes if process.is_alive()]:
        forced = time.monotonic() - began > patience_sec
        for process in alive:
            with suppress(ProcessLookupError):
                os.killpg(cast(int, process.pid), signal.SIGKILL if forced else signal.SIGTERM)
        time.sleep(0.1)


def _work(
    address: str, log: Path, in_worker: bool, card: str | None, pulls: bool, only_record: bool
) -> None:
    if card is not None:
        os.environ["CUDA_VISIBLE_DEVICES"] = card
    os.setpgid(0, 0)  # Ctrl-C is for the scheduler alone, which ends this group
    signal.signal(signal.SIGTERM, _on_term)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    end_with_parent(cast(BaseProcess, parent_process()).pid)
    _print_to(log)
    record_entries_alone()
    if only_record:
        dvc_command._run = _refuse
    with _commands_in_worker() if in_worker and not only_record else nullcontext():
        try:
            sys.exit(RAN if _reproduce(address, pulls) else UNCHANGED)
        except Stopped:
            print("stopped")
        except Absent:
            sys.exit(ABSENT)
        except DvcException:
            logging.getLogger("dvc").exception("")  # DVC's own form: the causes in a line
        sys.exit(FAILED)


@contextmanager
def _commands_in_worker() -> Iterator[None]:
    """Have DVC run this process's one command in a worker.

    The worker is forked here, before DVC does anything: DVC hashes files in threads, and what is
    forked must not have any.
    """
    worker, in_shell = Worker(), dvc_command._run

    def run(executable: str, command: str, **more) -> None:
        if verb(command) is None:  # dvc.yaml was edited meanwhile
            return in_shell(executable, command, **more)
        status = worker.run(command, more["cwd"], more["env"])
        if status:
            raise StageCmdFailedError(command, status)

    dvc_command._run = run
    try:
        yield
    finally:
        worker.close()


def _refuse(*_, **__) -> None:
    raise Absent


def _reproduce(address: str, pulls: bool) -> bool:
    while True:
        try:
            repo = Repo()
            be_patient(repo)
            repo.stage_cache.pull = lambda remote: []  # the runner has, once for all stages
            return bool(repo.reproduce([address], single_item=True, pull=pulls))
        except ReproductionError as problem:
            if not isinstance(problem.__cause__, LockError):
                raise
            print(f"waiting: {problem.__cause__}", flush=True)
            time.sleep(BUSY_SEC)


def _on_term(signum, frame) -> None:
    signal.signal(signal.SIGTERM, lambda *_: None)
    PatientLock.stopping = True
    os.killpg(0, signal.SIGTERM)


def _print_to(log: Path) -> None:
    for number, path, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND),
    ):
        opened_file = os.open(path, flags, 0o666)
        os.dup2(opened_file, number)
        os.close(opened_file)
    os.dup2(1, 2)
    # the scheduler's bar, which DVC would draw again around each message
    vars(tqdm)["_instances"].clear()
    tqdm.set_lock(RLock())  # tqdm's own is shared by all forks: a killed one would keep it
    for name in ("dvc", "dvc_objects", "dvc_data"):
        for handler in logging.getLogger(name).handlers:
            vars(handler.formatter)["log_colors"] = False
