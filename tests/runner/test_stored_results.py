"""Results in git: a clone without models reports, and trains only what a change asks for."""

import re
import shutil
from pathlib import Path

import pytest

from tests.conftest import run
from tests.runner.test_shared import git
from tests.runner.tiny import at_once, write
from waystation.result_archives import pack, unpack
from waystation.runner.dvc_graph import Graph
from waystation.runner.suite import Suite

# code -> model@x -> make@x -> report, where `make` gives predictions and `code`, `model` do not.
GRAPH = """
stages:
  code:
    cmd: exec python -m stages.code data/tiny/code source.txt
    deps: [stages, source.txt]
    outs: [data/tiny/code]
  model:
    matrix: {cell: [a, b, d/1]}
    cmd: exec python -m stages.join data/tiny/models/${item.cell} data/tiny/code
    deps: [data/tiny/code]
    params: ["cells.${item.cell}"]
    outs: ["data/tiny/models/${item.cell}"]
  make:
    matrix: {cell: [a, b, d/1]}
    cmd: exec python -m stages.make ${out}/${item.cell}/x data/tiny/models/${item.cell}
    deps: ["data/tiny/models/${item.cell}"]
    outs: ["${out}/${item.cell}"]
  report:
    cmd: exec python -m stages.report metrics/tiny/report data/tiny/predictions
    deps: [data/tiny/predictions]
    outs:
      - metrics/tiny/report: {cache: false}
"""
CELLS = ("a", "b", "d_1")


def started(folder: Path) -> list[str]:
    """The verbs that ran since the last call, sorted."""
    times = folder / "times"
    verbs = (
        sorted(line.split()[0] for line in times.read_text().splitlines()) if times.exists() else []
    )
    times.unlink(missing_ok=True)
    return verbs


@pytest.fixture(scope="module")
def first(tmp_path_factory) -> Path:
    """A clone that has run all; its results are committed, its models are not."""
    folder = tmp_path_factory.mktemp("stored") / "first"
    folder.mkdir()
    write(folder)
    (folder / "dvc.yaml").write_text(GRAPH)
    with (folder / "params.yaml").open("a") as stream:
        stream.write("out: data/tiny/predictions\n")
    (folder / ".gitignore").write_text("/data/\n/.scratch/\n__pycache__/\n/times\n")
    (folder / "results").mkdir()
    (folder / ".dvc/config").write_text("[core]\n    autostage = false\n")
    at_once(folder)
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "Run it")
    return folder


@pytest.fixture
def clone(first, tmp_path) -> Path:
    git(tmp_path, "clone", "-q", str(first), "second")
    return tmp_path / "second"


def test_every_stage_with_results_has_an_archive_of_the_same_bytes_every_time(first, tmp_path):
    names = {file.name for file in (first / "results").iterdir()}
    assert names == {f"make@{cell}.tar.xz" for cell in CELLS}
    kept = {name: (first / "results" / name).read_bytes() for name in names}
    other = shutil.copytree(first, tmp_path / "other")
    shutil.rmtree(other / "results")
    (other / "results").mkdir()
    at_once(other, "--suite-file", "dvc.yaml")
    assert {file.name: file.read_bytes() for file in (other / "results").iterdir()} == kept


def test_a_clone_takes_results_from_git_and_makes_no_model(clone):
    done = at_once(clone)
    assert "tiny: results of 3 stages come from git" in done.stdout
    assert "all 8 stages are up to date" in done.stdout
    assert started(clone) == []
    assert (clone / "data/tiny/predictions/d/1/x").is_file()
    assert not (clone / "data/tiny/models").exists()
    assert git(clone, "status", "--short").stdout == ""


def test_a_lost_report_is_made_from_results_alone(clone):
    (clone / "metrics/tiny/report").unlink()
    at_once(clone)
    assert started(clone) == ["report"]
    assert git(clone, "status", "--short").stdout == ""


def test_a_changed_parameter_trains_its_own_cell_alone(clone):
    params = clone / "params.yaml"
    params.write_text(params.read_text().replace("b: 1", "b: 2"))
    at_once(clone)
    assert started(clone) == ["code", "join"]  # the same model: what follows stays
    (clone / "stages/join.py").write_text((clone / "stages/join.py").read_text() + "\n# other\n")
    assert "0 of 8" not in at_once(clone).stdout


def test_a_model_with_other_bytes_puts_out_of_date_what_was_made_of_it(clone):
    """As on another processor; the other cells' results stay."""
    params, work = clone / "params.yaml", clone / "stages/join.py"
    params.write_text(params.read_text().replace("b: 1", "b: 2"))
    work.write_text(work.read_text().replace("out.encode()", "(out + '2').encode()"))
    run(["dvc", "commit", "-q", "-f", "code"], clone, check=False)
    lock = (clone / "dvc.lock").read_text()
    at_once(clone, "make@b")
    assert {"join", "make"} <= {*started(clone)}
    assert changed_entries(lock, (clone / "dvc.lock").read_text()) >= {"model@b", "make@b"}


def changed_entries(before: str, after: str) -> set[str]:
    def entries(text):
        return dict(re.findall(r"^  (\S+):\n((?:    .*\n|  - .*\n)*)", text, re.M))

    old, new = entries(before), entries(after)
    return {name for name in new if old.get(name) != new[name]}


def test_a_folder_without_files_comes_back(tmp_path):
    (tmp_path / "out/empty").mkdir(parents=True)
    stored = unpack(pack(tmp_path, {"out/empty": "x.dir"}))
    assert (stored.md5s, stored.below("out/empty")) == ({"out/empty": "x.dir"}, {})


@pytest.mark.parametrize("path", ["../secret", "data/tiny/predictions/a/../../../../secret"])
def test_an_archive_never_writes_outside_of_the_project(tmp_path, path):
    (tmp_path / "project").mkdir()
    (tmp_path / "secret").write_text("x")
    with pytest.raises(ValueError, match="leads out of the project"):
        unpack(pack(tmp_path / "project", {path: "0"}))


@pytest.mark.parametrize("broken", ["cut", "other", "text"])
def test_an_archive_that_is_not_what_dvc_lock_names_is_not_used(clone, broken):
    file = clone / "results/make@a.tar.xz"
    data = file.read_bytes()
    other = (clone / "results/make@b.tar.xz").read_bytes()
    file.write_bytes({"cut": data[:-40], "other": other, "text": b"version https"}[broken])
    done = at_once(clone)
    assert "results of 2 stages come from git" in done.stdout
    assert started(clone) == ["code", "join", "make"]
    assert ("make@a.tar.xz" in done.stderr) == (broken != "other")
    assert file.read_bytes() == data  # the suite keeps it again


def test_a_stage_that_runs_as_things_stand_takes_no_model_for_that():
    """Of a study: `snapshots` reads the models that are there, in a clone with few of them."""
    suite = Suite.__new__(Suite)
    suite.alone, suite.wanted = {"snapshots@x"}, {"intermediate@a", "code"}
    lacking = {"intermediate@a", "intermediate@b", "code"}
    assert suite.needed("snapshots@x", lacking) == {"code"}
    assert suite.needed("target@a", lacking) == {"intermediate@a", "code"}


def test_results_of_all_models_stay_where_models_are_missing_and_nowhere_else(tmp_path):
    """A benchmark runs again on the machine that has the models, whatever git has."""
    (tmp_path / "results").mkdir()
    suite, stage = Suite.__new__(Suite), "benchmark@x"
    suite.file = tmp_path / "dvc.yaml"

    def kept(lacking, recorded):
        graph = Graph({}, set(), set(), set(), {stage: lacking}, recorded, {})
        return suite.is_better_in_git(stage, graph)

    assert not kept({"target@a"}, ["target@a"])  # git has none
    (tmp_path / "results/benchmark@x.tar.xz").touch()
    assert kept({"target@a"}, ["target@a"])
    assert not kept(set(), ["target@a"])
    assert not kept({"target@b", "code"}, ["target@a", "code"])  # never run anywhere
