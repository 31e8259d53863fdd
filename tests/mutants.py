"""Mutation testing of the rooms `tasks` and `task_types`: does a wrong parser fail a test?

    python -m tests.mutants [part of a path ...]

The rooms' tests, collected once, run on each mutant (`tests/mutations.py`) in a fork. A mutant that
fails no test survives and is printed. A program of our own: mutmut mutates inside of functions
alone, and most of a task's module stands outside; cosmic-ray starts a process for each mutant, 6 s
with the libraries.
"""

import contextlib
import importlib
import importlib.util
import os
import signal
import sys
import time
from pathlib import Path
from types import CodeType, ModuleType

import pytest

from tests.mutations import mutants

ROOT = Path(__file__).resolve().parent.parent
ROOMS, TESTS = ("tasks", "task_types"), ("tests/tasks", "tests/task_types")
LEAST, LIMIT, JOBS = 95.0, 60, 2  # percent of mutants killed; seconds for each; at once


def install(file: Path, code: CodeType) -> None:
    """Have a module be its mutant, and everything in its room that may have read it read anew."""
    room = importlib.import_module(f"waystation.{file.parent.name}")
    for name in [name for name in sys.modules if name.startswith(f"{room.__name__}.")]:
        del sys.modules[name]
        vars(room).pop(name.rpartition(".")[2], None)
    module: ModuleType = room
    if file.stem != "__init__":
        name = f"{room.__name__}.{file.stem}"
        module = importlib.util.module_from_spec(importlib.util.spec_from_file_location(name, file))
        sys.modules[name] = module
    exec(code, vars(module))
    if module is not room:
        setattr(room, file.stem, module)


class Runner:
    """A plugin that runs the collected tests on each mutant instead of running them once."""

    def __init__(self, wanted: list[str]):
        files = [f for room in ROOMS for f in sorted((ROOT / "waystation" / room).glob("*.py"))]
        self.files = [f for f in files if not wanted or any(one in str(f) for one in wanted)]
        self.survivors: list[str] = []
        self.total = 0

    def pytest_runtestloop(self, session) -> bool:
        if self.failing(session, None, None):
            raise SystemExit("a test fails without any mutant")
        running: dict[int, str] = {}
        for file in self.files:
            for what, code in mutants(file):
                if len(running) >= JOBS:
                    self.reap(running)
                self.total += 1
                running[self.start(session, file, code)] = what
        while running:
            self.reap(running)
        return True

    def reap(self, running: dict[int, str]) -> None:
        process, status = os.wait()
        mutant = running.pop(process)
        if status == 0:
            self.survivors.append(mutant)
            print(f"survives: {mutant}", file=sys.__stdout__, flush=True)

    def failing(self, session, file: Path | None, code: CodeType | None) -> bool:
        process = self.start(session, file, code)
        return os.waitpid(process, 0)[1] != 0

    def start(self, session, file: Path | None, code: CodeType | None) -> int:
        """The process of a fork that ends with status 0 if all tests pass."""
        if process := os.fork():
            return process
        signal.alarm(LIMIT)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        try:
            if file and code:
                install(file, code)
            own = f"[{file.stem if file else ''}"
            for item in sorted(session.items, key=lambda one: own not in one.name):
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
                if session.testsfailed:
                    os._exit(1)
        except BaseException:
            os._exit(1)
        os._exit(0)


def main(wanted: list[str]) -> int:
    began, runner = time.monotonic(), Runner(wanted)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    options = ["-s", "-p", "no:cacheprovider", "-m", "not slow and not shared_data"]
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        pytest.main([*options, *TESTS], [runner])
    killed, seconds = runner.total - len(runner.survivors), time.monotonic() - began
    share = 100 * killed / runner.total
    print(f"{killed} of {runner.total} mutants killed, {share:.1f} % ({seconds:.0f} s)")
    return share < LEAST


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
