"""Stages as jobs elsewhere: submitit's jobs on this machine, and two nodes of Ray on loopback."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.conftest import ROOT, run
from tests.frame.test_stage import wait_for
from tests.runner.tiny import GRAPH, at_once, write
from waystation.base.errors import UserError
from waystation.runner import cluster, dvc_stage
from waystation.runner.cluster.away import TRIES, Away


@pytest.fixture
def submitit():
    return pytest.importorskip("submitit", reason="submitit is not installed")


def ran(folder):
    """How often each verb's command has run to its end."""
    checkouts = folder.glob(".scratch/checkouts/*/times")
    lines = [line for file in checkouts for line in file.read_text().splitlines()]
    return Counter(line.split()[0] for line in lines)


@pytest.mark.parametrize("name", cluster.PACKAGES)
def test_what_is_not_installed_is_refused_with_the_line_that_installs_it(monkeypatch, name):
    monkeypatch.setitem(sys.modules, cluster.PACKAGES[name], None)
    with pytest.raises(UserError, match=f"pip install {cluster.PACKAGES[name]}"):
        cluster.executor(name, "tiny", 1)


def test_jobs_leave_what_a_serial_run_does(project, submitit, tmp_path):
    done = at_once(project, "--executor", "slurm", "--workers", "3")
    assert "tiny: 8 of 8 stages ran" in done.stdout
    assert "there is no Slurm here" in done.stderr
    assert ran(project) == {"make": 4, "join": 1, "benchmark": 1}  # `code`, `report` ran here
    assert "all 8 stages are up to date" in at_once(project).stdout
    serial = tmp_path / "serial"
    serial.mkdir()
    write(serial)
    at_once(serial, "--workers", "1")
    assert (serial / "dvc.lock").read_text() == (project / "dvc.lock").read_text()
    for cell in ("a", "b", "c", "d/1"):
        same = [folder / "out/made" / cell for folder in (serial, project)]
        assert same[0].read_bytes() == same[1].read_bytes()


def test_an_edit_that_nobody_committed_is_what_jobs_run(project, submitit):
    at_once(project, "--executor", "slurm")
    work = project / "stages" / "make.py"
    work.write_text(work.read_text().replace("hexdigest()", "hexdigest() + ' edited'", 1))
    params = project / "params.yaml"
    params.write_text(params.read_text().replace("a: 1", "a: 2"))
    at_once(project, "--executor", "slurm")
    assert (project / "out/made/a").read_text().endswith(" edited")


def test_a_failure_is_told_with_the_log_of_the_job(project, submitit):
    (project / "fail").write_text("made/b")
    done = at_once(project, "--executor", "slurm", check=False)
    assert done.returncode == 1
    assert "make: error: no luck" in done.stdout
    assert all((project / "out/made" / cell).is_file() for cell in ("a", "c", "d/1"))


def test_a_second_call_finds_the_jobs_of_the_first(project, submitit, tmp_path):
    (project / "hang").write_text("made/b")
    words = [sys.executable, "-m", "waystation", "run", "--executor", "slurm", "make"]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    said = tmp_path / "said"  # no pipe: jobs outlive the command and would keep it open
    with said.open("w") as out:
        first = subprocess.Popen(words, cwd=project, env=env, stdout=out)
    started = wait_for_file(project, "started")
    first.send_signal(signal.SIGINT)
    first.wait(timeout=60)
    assert "jobs go on elsewhere" in said.read_text()
    jobs = ids(project)
    os.kill(int(started.read_text()), 0)  # the stage still runs
    with said.open("w") as out:
        second = subprocess.Popen(words, cwd=project, env=env, stdout=out)
    time.sleep(3)
    (project / "hang").unlink()
    (started.parent / "hang").unlink()
    second.wait(timeout=60)
    assert second.returncode == 0, said.read_text()
    assert jobs.items() <= ids(project).items()
    assert ran(project) == {"make": 4}


def ids(folder):
    return json.loads((folder / ".scratch/jobs/tiny/ids.json").read_text())


def wait_for_file(folder, name):
    wait_for(lambda: [*folder.glob(f".scratch/checkouts/*/{name}")])
    return next(folder.glob(f".scratch/checkouts/*/{name}"))


class Dying:
    """An executor whose jobs die so often before they end well."""

    def __init__(self, deaths):
        self.left, self.sent = deaths, 0

    def submit(self, requests):
        self.sent += len(requests)
        return {request.stage: self for request in requests}

    def ended(self):
        return True

    def status(self):
        self.left -= 1
        return "Killed" if self.left >= 0 else dvc_stage.RAN


@pytest.mark.parametrize(("deaths", "sent", "result"), [(0, 1, True), (2, 3, True), (3, 3, False)])
def test_a_job_that_dies_is_sent_again(monkeypatch, tmp_path, deaths, sent, result):
    monkeypatch.chdir(tmp_path)
    executor = Dying(deaths)
    resources = {"make": {"cores": 2, "cards": 1}}
    upstream = {"code": set(), "make@a": {"code"}}
    away = Away(executor, "tiny", Path("dvc.yaml"), upstream, resources)
    away.add("make@a")
    request = away.request("make@a")
    assert (request.cores, request.cards, request.upstream) == (2, 1, ("dvc.yaml:code",))
    ended = {}
    for _ in range(TRIES):
        ended |= away.look()
    assert (executor.sent, ended) == (sent, {"make@a": result})
    assert (Path(".scratch/logs/tiny/make@a.log").is_file()) != result


CELLS = [f"c{number}" for number in range(100)]


@pytest.mark.slow
def test_a_hundred_cells_of_which_ten_jobs_are_killed(project, submitit, tmp_path):
    large(project)
    words = [sys.executable, "-m", "waystation", "run", "--executor", "slurm", "--workers", "6"]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    running = subprocess.Popen(words, cwd=project, env=env, stdout=subprocess.PIPE, text=True)
    generator, killed = random.Random(0), 0
    while killed < 10 and running.poll() is None:
        time.sleep(generator.uniform(1, 3))
        if victims := stages_of(project):
            os.kill(generator.choice(victims), signal.SIGKILL)
            killed += 1
    out = running.communicate(timeout=1200)[0]
    assert running.returncode == 0, out
    assert killed == 10
    made = Counter(path.read_text() for path in (project / "out/made").glob("*"))
    assert made.total() == len(CELLS)
    assert max(made.values()) == 1
    assert ran(project)["make"] == len(CELLS)  # no command ended twice
    serial = tmp_path / "serial"
    serial.mkdir()
    write(serial)
    large(serial)
    at_once(serial, "--workers", "2")
    assert (serial / "dvc.lock").read_text() == (project / "dvc.lock").read_text()


def large(folder):
    graph = GRAPH.replace("[a, b, c, d/1]", f"[{', '.join(CELLS)}]")
    (folder / "dvc.yaml").write_text(graph)
    cells = "\n".join(f"  {cell}: 1" for cell in CELLS)
    (folder / "params.yaml").write_text(f"suite: tiny\ncells:\n{cells}\n")
    work = folder / "stages" / "make.py"
    work.write_text(work.read_text().replace("time.sleep(0.1)", "time.sleep(0.5)"))


def stages_of(folder):
    """The processes of submitit's jobs that run a stage of the project."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().decode().split("\0")
            inside = Path(os.readlink(entry / "cwd"))
        except OSError:
            continue
        if "submitit.core._submit" in words and folder in (inside, *inside.parents):
            found.append(int(entry.name))
    return found


TWO_NODES = """
import os, subprocess, sys
from ray.cluster_utils import Cluster

nodes = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
nodes.add_node(num_cpus=1)
os.environ["RAY_ADDRESS"] = nodes.address
words = [sys.executable, "-m", "waystation", "run", "--executor", "ray", "--workers", "3"]
done = subprocess.run(words)
nodes.shutdown()
sys.exit(done.returncode)
"""


@pytest.mark.slow
def test_two_nodes_of_ray_leave_what_a_serial_run_does(project, tmp_path):
    pytest.importorskip("ray", reason="ray is not installed")
    done = run([sys.executable, "-c", TWO_NODES], project, PYTHONPATH=str(ROOT))
    assert "Ray: 2 nodes" in done.stderr
    assert "tiny: 8 of 8 stages ran" in done.stdout
    assert ran(project) == {"make": 4, "join": 1, "benchmark": 1}
    assert "all 8 stages are up to date" in at_once(project).stdout
