"""DVC as a library: what is out of date, and one stage reproduced in a process of its own.

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
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context, parent_process
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import RLock

from dvc.dependency import param
from dvc.exceptions import DvcException, ReproductionError
from dvc.lock import Lock, LockError
from dvc.repo import Repo, lock_repo
from dvc.repo.index import Index
from dvc.repo.reproduce import get_active_graph, plan_repro
from dvc.stage import run as dvc_command
from dvc.stage.exceptions import StageCmdFailedError
from dvc.utils.serialize import dumps_yaml, parse_yaml_for_update
from tqdm import tqdm

from waystation.base.process import end_with_parent
from waystation.runner.lock_file import mend, record_entries_alone, write_whole
from waystation.runner.worker import Worker, verb

RAN, FAILED, UNCHANGED = 0, 1, 3  # exit statuses of a stage's process
POLL_SEC = 0.02
BUSY_SEC = 1.0

tqdm.monitor_interval = 0  # no thread of its own: what is forked must not have any


class Stopped(BaseException):
    """This process was asked to end; not an Exception, so that DVC passes it on."""


class PatientLock(Lock):
    """DVC's lock of the repository, waited for without end and without naps of half a second.

    DVC gives the lock back before a stage's command runs and when all is recorded. A process that
    was asked to end does so there: never in the middle of writing a file.
    """

    stopping = False

    def lock(self) -> None:
        while True:
            try:
                return self._do_lock()
            except LockError:
                time.sleep(POLL_SEC)

    def unlock(self) -> None:
        if PatientLock.stopping:
            raise Stopped
        super().unlock()


@dataclass(frozen=True)
class Graph:
    """The stages of one dvc.yaml."""

    upstream: dict[str, set[str]]  # the direct ones, in the order in which `dvc repro` goes
    changed: set[str]  # what `dvc status` names
    recorded: list[str]  # the names in dvc.lock, in its order
    verbs: dict[str, str]  # of the stages whose command a worker can run


@contextmanager
def opened() -> Iterator[Repo]:
    """The repository, locked. Closed afterwards: nothing of it may be open in a fork."""
    repo = Repo()
    _be_patient(repo)
    try:
        with lock_repo(repo):
            yield repo
    finally:
        repo.close()


def read_graph(file: Path) -> Graph:
    """Ask DVC for the stages of a dvc.yaml and which are changed; waits for other DVC commands.

    A dvc.lock that DVC cannot read is mended, where DVC was ended while writing it.
    """
    while True:
        try:
            with opened() as repo, _parameters_read_once():
                try:
                    return _read_graph(repo, str(file.absolute()))
                except DvcException:
                    lock = file.with_suffix(".lock")
                    if not lock.is_file() or not mend(lock):
                        raise
        except LockError as busy:
            print(f"waiting for another DVC command: {busy}", file=sys.stderr, flush=True)
            time.sleep(5 * BUSY_SEC)


def _read_graph(repo: Repo, path: str) -> Graph:
    index = Index.from_file(repo, path)  # `repo.index` reads all suites
    graph = get_active_graph(index.graph)
    order = plan_repro(graph, index.stages)
    upstream = {stage.name: {other.name for other in graph.successors(stage)} for stage in order}
    changed = {stage.name for stage in order if stage.status()}
    recorded = list(order[0].dvcfile.lockfile_contents.get("stages", {})) if order else []
    verbs = {stage.name: found for stage in order if (found := verb(stage.cmd))}
    return Graph(upstream, changed, recorded, verbs)


@contextmanager
def _parameters_read_once() -> Iterator[None]:
    """Have DVC parse a params.yaml once, not once for each stage."""
    read = param.load_path
    param.load_path = cache(read)
    try:
        yield
    finally:
        param.load_path = read


def sort_lock(file: Path, graph: Graph, drop: bool) -> None:
    """Put the new entries of dvc.lock in an order in which `dvc repro` could have added them.

    DVC's own order differs from process to process, with the hashes of strings. With `drop`,
    entries of stages that dvc.yaml no longer has are dropped: DVC reads them at every command.
    After a failure they stay, as the parameters may be wrong.
    """
    lock = file.with_suffix(".lock")
    if not lock.is_file():
        return
    with opened() as repo, repo.scm_context:
        data = parse_yaml_for_update(lock.read_text(encoding="utf-8"), str(lock))
        stages = data["stages"]
        new = [name for name in graph.upstream if name not in set(graph.recorded)]
        present = [name for name in new if name in stages]
        gone = [name for name in stages if drop and name not in graph.upstream]
        if not gone and [name for name in stages if name in set(present)] == present:
            return
        for name in gone:
            del stages[name]
        for name in present:
            stages[name] = stages.pop(name)
        write_whole(lock, dumps_yaml(data))
        repo.scm_context.track_file(str(lock))


def warm_up() -> None:
    """Import once, here, what DVC imports when it records a result."""
    import dulwich.index  # noqa: F401
    import dvc_data.hashfile.status  # noqa: F401
    import pygit2  # noqa: F401


def start(address: str, log: Path, in_worker: bool, card: str | None = None) -> BaseProcess:
    """Reproduce one stage (`dvc.yaml:name`) in a new process; its exit status is one of the three.

    All that DVC and the stage's command print goes to `log`. Of the cards the stage sees `card`
    alone. With `in_worker` the command runs in a fork instead of a new Python.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    sys.stdout.flush()
    sys.stderr.flush()
    process = get_context("fork").Process(target=_work, args=(address, log, in_worker, card))
    process.start()
    return process


def stop(processes: list[BaseProcess], patience_sec: float = 10) -> None:
    """End processes and the commands that they run: asked again and again, at last forced."""
    began = time.monotonic()
    while alive := [process for process in processes if process.is_alive()]:
        forced = time.monotonic() - began > patience_sec
        for process in alive:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL if forced else signal.SIGTERM)
        time.sleep(0.1)


def _work(address: str, log: Path, in_worker: bool, card: str | None) -> None:
    if card is not None:
        os.environ["CUDA_VISIBLE_DEVICES"] = card
    os.setpgid(0, 0)  # Ctrl-C is for the scheduler alone, which ends this group
    signal.signal(signal.SIGTERM, _on_term)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    end_with_parent(parent_process().pid)
    _print_to(log)
    record_entries_alone()
    with _commands_in_worker() if in_worker else nullcontext():
        try:
            sys.exit(RAN if _reproduce(address) else UNCHANGED)
        except Stopped:
            print("stopped")
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


def _reproduce(address: str) -> bool:
    while True:
        try:
            repo = Repo()
            _be_patient(repo)
            return bool(repo.reproduce([address], single_item=True))
        except ReproductionError as problem:
            if not isinstance(problem.__cause__, LockError):
                raise
            print(f"waiting: {problem.__cause__}", flush=True)
            time.sleep(BUSY_SEC)


def _be_patient(repo: Repo) -> None:
    if type(repo.lock) is Lock:  # another kind where core.hardlink_lock is set
        repo.lock = PatientLock(repo.lock.lockfile)


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
    tqdm._instances.clear()  # the scheduler's bar, which DVC would draw again around each message
    tqdm.set_lock(RLock())  # tqdm's own is shared by all forks: a killed one would keep it
    for name in ("dvc", "dvc_objects", "dvc_data"):
        for handler in logging.getLogger(name).handlers:
            handler.formatter.log_colors = False
