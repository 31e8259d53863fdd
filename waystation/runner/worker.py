"""Run a stage's command in a fork that has its libraries imported already.

DVC starts the command `exec python -m stages.VERB ...` as a new Python, which imports torch for
longer than many a stage works. A worker is a fork of the runner, in which those libraries were
imported and nothing of them was called: no thread runs, no card is initialised. The worker drops
the project's own modules, takes the command's folder, environment and arguments, and runs the
module as `python -m` does. A worker runs one command and ends. Its parent is the process of the
stage, so that exit statuses, signals and process groups are those of a command that DVC starts.
"""

import gc
import importlib
import os
import re
import runpy
import signal
import sys
from collections.abc import Iterable
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import cast

from waystation.base.process import end_with_parent

# Words that a shell passes on as they are, behind the form of all commands in dvc.yaml.
COMMAND = re.compile(r"exec python -m (stages\.(\w+)(?: [\w@%+=:,./-]+)*)\s*")
OWN = ("stages", "waystation")

# What is imported in the runner: the libraries, and the verbs whose stages import them.
TRAINED = ("intermediate", "target", "evaluate", "align", "promise", "snapshots", "benchmark")
MODELS = ("pretrain", "fetch", *TRAINED)
LIBRARIES = {
    "datasets": ("generate", "download"),
    "torch": MODELS,
    "safetensors.torch": MODELS,
    "tokenizers": ("tokenizer", "lengths", *MODELS),
    "sklearn.linear_model": ("align",),
    "sklearn.pipeline": ("align",),
}


def verb(command: str | list[str]) -> str | None:
    """`target` of a command that a worker can run, None of all others.

    On other systems than Linux the libraries do not take a fork well.
    """
    match = COMMAND.fullmatch(command) if isinstance(command, str) else None
    return match[2] if match and sys.platform == "linux" else None


def preload(verbs: Iterable[str]) -> None:
    """Import here what more than one stage of these verbs would import, each for itself."""
    verbs, environment = list(verbs), dict(os.environ)
    for library, users in LIBRARIES.items():
        if sum(name in users for name in verbs) > 1:
            importlib.import_module(library)
    set_environment(environment)  # scikit-learn adds to it
    gc.freeze()  # collections in a fork do not touch, and so copy, what all share


class Worker:
    """A fork of this process that waits for one command."""

    def __init__(self) -> None:
        context = get_context("fork")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_wait, args=(self.pipe, theirs))
        self.process.start()
        theirs.close()

    def run(self, command: str, folder: str, environment: dict[str, str]) -> int:
        """Run a command that has a `verb`; returns its exit status, of a signal the negative."""
        words = cast(re.Match, COMMAND.fullmatch(command))[1].split()
        self.pipe.send((words, folder, environment))
        self.process.join()
        return cast(int, self.process.exitcode)  # it has ended

    def close(self) -> None:
        """End it, where no command came."""
        self.pipe.close()
        self.process.join()


def _wait(of_parent: Connection, pipe: Connection) -> None:
    of_parent.close()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    end_with_parent(cast(BaseProcess, parent_process()).pid)
    try:
        words, folder, environment = pipe.recv()
    except EOFError:  # the stage was up to date, or came from DVC's cache
        return
    pipe.close()
    _become(words, folder, environment)


def _become(words: list[str], folder: str, environment: dict[str, str]) -> None:
    """Run `python -m WORDS` here, with nothing left of the process that this one is a fork of."""
    set_environment(environment)
    os.chdir(folder)
    sys.argv = words
    if not sys.flags.safe_path:
        sys.path[0] = os.getcwd()
    sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__  # DVC wraps both
    for name in [name for name in sys.modules if name.partition(".")[0] in OWN]:
        del sys.modules[name]  # the files may have been edited since
    importlib.invalidate_caches()
    runpy.run_module(words[0], run_name="__main__", alter_sys=True)


def set_environment(environment: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)
