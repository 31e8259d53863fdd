"""The frame of every stage: whole outputs, guarded inputs, clear errors."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from tests.conftest import FULL, ROOT, run
from waystation.base.errors import UserError
from waystation.frame.stage import hold_writable

BODY = """
import pathlib, sys, time
from waystation.frame.stage import stage
def main():
    with stage("A stage.", inputs=["given"], outputs=["out"], params=["seeds"]) as run:
        (run.outputs["out"]).write_text("half")
        {body}
        run.made = "it"
main()
"""


@pytest.fixture
def call(tmp_path):
    """Run a stage with a given body; returns the finished process."""
    (tmp_path / "given.txt").write_text("input")
    (tmp_path / "params.yaml").write_text(FULL.read_text())

    def call(body: str, given: str = "given.txt", out: str = "out.txt"):
        (tmp_path / "step.py").write_text(BODY.format(body=body))
        command = [sys.executable, "step.py", "--params", "params.yaml"]
        command += ["--given", given, "--out", out]
        return run(command, tmp_path, check=False, PYTHONPATH=str(ROOT))

    call.folder = tmp_path
    return call


@pytest.mark.parametrize(
    ("given", "out"),
    [
        ("given.txt", "given.txt"),
        ("room/deep", "room"),
        ("room", "room/deep"),
        ("room", "x/../room"),
    ],
)
def test_an_output_takes_no_input_s_place(call, given, out):
    (call.folder / "room/deep").mkdir(parents=True)
    (call.folder / "x").mkdir()
    failed = call("pass", given, out)
    assert failed.returncode == 1
    assert failed.stderr == f"step: error: --out: {out} is, holds or lies in --given, {given}\n"
    assert (call.folder / "room/deep").is_dir()
    assert (call.folder / "given.txt").read_text() == "input"


def test_success_publishes_the_output(call):
    done = call("pass")
    assert done.returncode == 0
    assert done.stdout.startswith("step: it (")
    assert (call.folder / "out.txt").read_text() == "half"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("pathlib.Path('given.txt').write_text('edited')", "input given.txt changed while"),
        ("pathlib.Path('given.txt').unlink()", "input given.txt changed while"),
        (
            "p = pathlib.Path('params.yaml'); "
            "p.write_text(p.read_text().replace('seeds: [', 'seeds: [77, '))",
            "parameters in params.yaml changed while",
        ),
        ("run.outputs['out'].unlink()", "has not written its output out.txt"),
    ],
)
def test_no_output_when_something_changed_under_way(call, body, message):
    (call.folder / "out.txt").write_text("before")
    done = call(body)
    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert (call.folder / "out.txt").read_text() == "before"


def test_another_section_may_be_edited_under_way(call):
    body = "p = pathlib.Path('params.yaml'); p.write_text(p.read_text().replace('neighbours: 4',"
    assert call(body + " 'neighbours: 5'))").returncode == 0


def test_a_missing_input_is_named(call):
    done = call("pass", given="elsewhere.txt")
    assert done.returncode == 1
    assert "--given: elsewhere.txt does not exist" in done.stderr


def test_an_unknown_name_of_published_scores_is_told_before_the_work(call):
    file = call.folder / "params.yaml"
    published = {"model": "nano", "recipe": "none", "source": "somebody"}
    told = yaml.safe_load(file.read_text())
    told["report"]["reference"] = {"table": published | {"scores": {"xnly": {"accuracy": 1.0}}}}
    file.write_text(yaml.safe_dump(told))
    done = call("print('worked')")
    assert (done.returncode, done.stdout) == (1, "")
    assert "report.reference.table.scores: unknown name 'xnly'" in done.stderr


def test_an_unwritable_folder_is_named(call):
    done = call("pass", out="given.txt/out.txt")
    assert done.returncode == 1
    assert "given.txt" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_cannot_be_written_is_told_before_the_work(call):
    (call.folder / ".scratch").write_text("a file")
    done = call("print('worked')")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("step: error: .scratch: File exists")
    assert not (call.folder / "out.txt").exists()


def test_a_scratch_folder_removed_under_way_costs_nothing(call):
    done = call("import shutil; shutil.rmtree('.scratch')")
    assert done.returncode == 0, done.stderr
    assert (call.folder / "out.txt").read_text() == "half"
    assert (call.folder / ".scratch/runs.jsonl").read_text().count("\n") == 1


def test_a_folder_without_the_right_to_write_is_named(tmp_path, monkeypatch):
    """Nothing is closed to an administrator, as whom these tests may run."""
    monkeypatch.setattr("os.access", lambda path, mode: Path(path) != tmp_path)
    with pytest.raises(UserError, match=f"{tmp_path}: this folder cannot be written to"):
        hold_writable(tmp_path)


def test_an_unexpected_error_keeps_its_trace_and_publishes_nothing(call):
    done = call("1 / 0")
    assert done.returncode == 1
    assert "ZeroDivisionError" in done.stderr
    assert not (call.folder / "out.txt").exists()


def test_help_says_what_the_stage_does():
    done = run([sys.executable, "-m", "stages.align", "--help"], ROOT)
    assert "layer by layer" in done.stdout
    assert "--encoder" in done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's end")
def test_a_killed_parent_takes_the_stage_along(tmp_path):
    (tmp_path / "given.txt").write_text("input")
    (tmp_path / "params.yaml").write_text(FULL.read_text())
    (tmp_path / "step.py").write_text(
        BODY.format(body="pathlib.Path('started').write_text(''); time.sleep(60)")
    )
    step = [sys.executable, "step.py", "--params", "params.yaml"]
    step += ["--given", "given.txt", "--out", "out.txt"]
    parent = (
        f"import subprocess; p = subprocess.Popen({step!r}); print(p.pid, flush=True); p.wait()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", parent],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    child = int(process.stdout.readline())
    wait_for((tmp_path / "started").exists)
    process.kill()
    process.wait()
    wait_for(lambda: not alive(child))


def wait_for(condition, seconds: float = 30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
