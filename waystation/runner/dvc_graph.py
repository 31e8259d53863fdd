"""The stages of a suite as DVC knows them: what each needs, and what is out of date."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

from dvc.dependency import param
from dvc.exceptions import DvcException
from dvc.lock import Lock, LockError
from dvc.output import Output
from dvc.repo import Repo, lock_repo
from dvc.repo.index import Index
from dvc.repo.reproduce import get_active_graph, plan_repro
from dvc.stage import Stage
from dvc.utils.serialize import dumps_yaml, parse_yaml_for_update

from waystation.base.errors import UserError
from waystation.runner.lock_file import mend, write_whole
from waystation.runner.worker import verb

POLL_SEC = 0.02
BUSY_SEC = 5.0
RESULTS = (("predictions",), ("aligned",))  # folders of data/<suite>/

Result = TypeVar("Result")
# Each with its direct upstream, in the order in which `dvc repro` goes.
Stages = dict[Stage, set[Stage]]


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


def be_patient(repo: Repo) -> None:
    if type(repo.lock) is Lock:  # another kind where core.hardlink_lock is set
        repo.lock = PatientLock(repo.lock.lockfile)


@contextmanager
def opened() -> Iterator[Repo]:
    """The repository, locked. Closed afterwards: nothing of it may be open in a fork."""
    repo = Repo()
    be_patient(repo)
    try:
        with lock_repo(repo):
            yield repo
    finally:
        repo.close()


@contextmanager
def parameters_read_once() -> Iterator[None]:
    """Have DVC parse a params.yaml once, not once for each stage."""
    read = param.load_path
    param.load_path = cache(read)
    try:
        yield
    finally:
        param.load_path = read


def read_stages(file: Path, read: Callable[[Stages], Result]) -> Result:
    """What `read` makes of the stages of a dvc.yaml; waits for other DVC commands.

    A dvc.lock that DVC cannot read is mended, where DVC was ended while writing it.
    """
    lock = file.with_suffix(".lock")
    while True:
        try:
            with opened() as repo, parameters_read_once():
                return read(_stages(repo, str(file.absolute())))
        except LockError as busy:
            print(f"waiting for another DVC command: {busy}", file=sys.stderr, flush=True)
            time.sleep(BUSY_SEC)
        except DvcException as problem:
            if not lock.is_file() or not mend(lock):
                raise UserError(f"DVC: {problem}") from problem


def _stages(repo: Repo, path: str) -> Stages:
    try:
        index = Index.from_file(repo, path)  # `repo.index` reads all suites
    except (TypeError, AttributeError) as problem:  # a value that the templates do not expect
        raise DvcException(f"{path}: {problem}") from problem
    graph = get_active_graph(index.graph)
    return {stage: set(graph.successors(stage)) for stage in plan_repro(graph, index.stages)}


@dataclass(frozen=True)
class Graph:
    """The stages of one dvc.yaml."""

    upstream: dict[str, set[str]]  # the direct ones
    changed: set[str]  # what `dvc status` names, but for those that only lack files
    absent: set[str]  # those: inputs or outputs are missing, all else is as recorded
    unfinished: set[str]  # of them, those that lack results, or what no other stage reads
    lacks: dict[str, set[str]]  # of each stage, the upstream whose missing outputs it reads
    recorded: list[str]  # the names in dvc.lock, in its order
    verbs: dict[str, str]  # of the stages whose command a worker can run


def read_graph(file: Path) -> Graph:
    """The stages of a dvc.yaml, and which of them are changed."""
    return read_stages(file, _graph)


def _graph(stages: Stages) -> Graph:
    lock = recorded(stages)
    states = {stage.name: told for stage in stages for told in stage.status().values()}
    absent = {name for name, told in states.items() if name in lock and only_lacks_files(told)}
    missing = {stage: [out for out in stage.outs if not out.exists] for stage in stages}
    lacks = {
        stage.name: [out for other in needed for out in missing[other] if reads(stage, out)]
        for stage, needed in stages.items()
    }
    for_others = {id(out) for outs in lacks.values() for out in outs if not is_result(out)}
    final = {
        stage.name
        for stage, outs in missing.items()
        if any(id(out) not in for_others for out in outs)
    }
    return Graph(
        {stage.name: {other.name for other in needed} for stage, needed in stages.items()},
        states.keys() - absent,
        absent,
        final & absent,
        {name: {out.stage.name for out in outs} for name, outs in lacks.items()},
        list(lock),
        {stage.name: found for stage in stages if (found := verb(stage.cmd))},
    )


def only_lacks_files(state: list) -> bool:
    """Whether a stage's status names nothing but missing files."""
    lacks = ("deleted", "not in cache")
    return all(
        isinstance(told, dict)
        and all(how in lacks for ways in told.values() for how in ways.values())
        for told in state
    )


def reads(stage: Stage, out: Output) -> bool:
    """Whether a stage depends on an output, the folder around it, or something in it."""
    return any(
        out.fs.isin_or_eq(dep.fs_path, out.fs_path) or out.fs.isin(out.fs_path, dep.fs_path)
        for dep in stage.deps
        if dep.protocol == out.protocol
    )


def is_result(out: Output) -> bool:
    """Whether an output holds metrics or predictions, no rows and no model."""
    parts = Path(out.fs_path).relative_to(out.repo.root_dir).parts
    return parts[0] == "metrics" or (parts[0] == "data" and parts[2:3] in RESULTS)


def recorded(stages: Stages) -> dict[str, dict]:
    """The entries of dvc.lock, in its order."""
    for stage in stages:
        return stage.dvcfile.lockfile_contents.get("stages", {})
    return {}


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
