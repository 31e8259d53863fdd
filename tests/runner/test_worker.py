"""Commands in a fork: those of the graph, with the libraries they use, as in a new Python."""

import json
import os
import re
import signal
import subprocess
import sys

import pytest
import yaml

from tests.conftest import ROOT, run
from tests.frame.test_stage import alive, wait_for
from waystation.frame import code_digest
from waystation.runner import worker

STAGES = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]


@pytest.mark.parametrize("name", STAGES)
def test_every_command_of_the_graph_can_run_in_a_worker(name):
    command = re.sub(r"\$\{[\w.]+\}", "sequential/mnli+mlm/2", STAGES[name]["cmd"])
    assert worker.verb(command) == name.removesuffix("_extra")


@pytest.mark.parametrize(
    "command",
    [
        "python -m stages.code",
        "exec python -m stages.code; rm -r /",
        "exec python -m stages.code > out",
        "exec python -m stages.code --out $HOME",
        "exec python -m stages.code --out 'a b'",
        "exec python -m stages.code --out *",
        "exec python -m stages.code\nexec python -m stages.code",
        "exec python -m waystation.files",
        ["exec python -m stages.code"],
    ],
)
def test_what_needs_a_shell_or_is_no_stage_is_left_to_dvc(command):
    assert worker.verb(command) is None


def test_other_systems_start_a_new_python(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert worker.verb("exec python -m stages.code") is None


@pytest.mark.parametrize(("library", "verbs"), worker.LIBRARIES.items())
def test_stages_import_what_is_imported_for_them(library, verbs, monkeypatch):
    monkeypatch.chdir(ROOT)
    statement = re.compile(rf"^\s*(import|from) {library.split('.')[0]}\b", re.M)
    for name in verbs:
        modules = code_digest.closure([f"stages.{name}"])
        texts = [code_digest.path(module).read_text() for module in modules]
        assert any(statement.search(text) for text in texts), name


def test_only_what_several_stages_share_is_imported():
    script = "import sys; from waystation.runner.worker import preload; preload(sys.argv[1:]);"
    script += "print(*[name for name in ('tokenizers', 'torch') if name in sys.modules])"
    told = lambda *verbs: run([sys.executable, "-c", script, *verbs], ROOT).stdout.split()
    assert told("report", "report") == told("target") == []
    assert told("target", "lengths") == ["tokenizers"]
    assert told("target", "evaluate") == ["tokenizers", "torch"]


# What a stage could see of the process that runs it.
PROBE = """
import json, logging, os, signal, sys, warnings
import numpy, torch
import stages.near
signals = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGPIPE, signal.SIGCHLD)
seen = {
    "arguments": sys.argv, "path": sys.path, "folder": os.getcwd(), "name": __name__,
    "main": sys.modules["__main__"].__dict__ is globals(), "spec": __spec__.name,
    "environment": dict(os.environ),
    "signals": [str(signal.getsignal(number)) for number in signals],
    "own": sorted(name for name in sys.modules if name.startswith(("stages", "waystation"))),
    "near": stages.near.__file__,
    "torch": [torch.get_num_threads(), str(torch.get_default_dtype()),
              torch.are_deterministic_algorithms_enabled(), torch.cuda.is_initialized()],
    "product": torch.mm(torch.ones(300, 300) / 3, torch.ones(300, 300) / 7).sum().item(),
    "handlers": [str(handler) for handler in logging.getLogger().handlers],
    "streams": [type(sys.stdout).__name__, type(sys.stderr).__name__, sys.stdin.read()],
    "warnings": sorted(map(str, warnings.filters)),
}
with open(sys.argv[1], "w") as stream:
    json.dump(seen, stream)
"""
START = """
import os, sys
from dvc.repo import Repo
from waystation.runner import dvc_stage, worker
worker.preload(["target", "target", "download", "download"])
one = worker.Worker()
print(one.run(sys.argv[1], sys.argv[2], dict(os.environ) | {"MORE": "yes"}))
one.close()
"""


@pytest.fixture
def probe(tmp_path):
    (tmp_path / "stages").mkdir()
    (tmp_path / "stages/__init__.py").write_text("")
    (tmp_path / "stages/near.py").write_text("")
    (tmp_path / "stages/probe.py").write_text(PROBE)
    # A run of tests in the background ignores these, and what it starts would inherit that.
    usual = {signal.SIGINT: signal.default_int_handler, signal.SIGHUP: signal.SIG_DFL}
    before = {number: signal.signal(number, usual[number]) for number in usual}
    yield tmp_path
    for number, handler in before.items():
        signal.signal(number, handler)


def test_a_stage_sees_in_a_fork_what_it_sees_in_a_new_python(probe):
    environment = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "HOME": str(probe)}
    command = "exec python -m stages.probe {} --more x+y"
    done = subprocess.run(
        [sys.executable, "-c", START, command.format("fork.json"), str(probe)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    assert done.stdout == "0\n", done.stderr
    subprocess.run(
        [sys.executable, "-m", *command.format("new.json").split()[3:]],
        cwd=probe,
        env=environment | {"MORE": "yes"},
        stdin=subprocess.DEVNULL,
        check=True,
    )
    fork, new = (json.loads((probe / name).read_text()) for name in ("fork.json", "new.json"))
    for seen in (fork, new):
        seen["arguments"].pop(1)  # the file's name
    for key in new:
        assert fork[key] == new[key], key


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        ("print('done')", 0, ""),
        ("sys.exit('probe: error: no luck')", 1, "probe: error: no luck\n"),
        ("sys.exit(7)", 7, ""),
        ("1 / 0", 1, "ZeroDivisionError: division by zero"),
        ("import os; os.kill(os.getpid(), 9)", -9, ""),
    ],
)
def test_the_end_of_a_command_is_told(probe, body, status, message):
    (probe / "stages/probe.py").write_text(f"import sys\n{body}\n")
    script = START.replace('"target", "target", "download", "download"', "")
    command = [sys.executable, "-c", script, "exec python -m stages.probe", str(probe)]
    done = run(command, ROOT)
    assert done.stdout.split()[-1] == str(status)
    assert message in done.stderr


@pytest.mark.parametrize("end", ["one.close()", "os.kill(os.getpid(), 9)"])
def test_a_worker_without_a_command_ends_with_its_parent(end):
    script = "from waystation.runner.worker import Worker; import os; one = Worker(); "
    script += f"print(one.process.pid, flush=True); {end}"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, timeout=60
    )
    wait_for(lambda: not alive(int(done.stdout)))
