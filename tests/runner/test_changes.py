"""What has moved since a stage last ran, in a small project of DVC."""

import os
import shutil
from pathlib import Path

import pytest

from tests.conftest import run
from waystation.runner import changes
from waystation.runner.changes import Change, read_changes

# rows -> train -> score; all three depend on a digest file.
GRAPH = """
stages:
  rows:
    cmd: mkdir -p out/rows/de && cp source/* out/rows && cp source/en.txt out/rows/de/test.txt
    deps: [source, code/rows]
    outs: [out/rows]
  train:
    cmd: cat out/rows/en.txt > out/model
    deps: [out/rows, code/train]
    params: [target, seeds]
    outs: [out/model]
  score:
    cmd: cp out/model out/score
    deps: [out/model, code/score]
    outs: [out/score]
"""
PARAMS = "target: {epochs: 1, tasks: {a: {rate: 0.5}, b: {}}}\nseeds: [0, 1]\n"
CODE = {f"code/{name}": f"stages.{name} 1234\n" for name in ("rows", "train", "score")}


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    (folder / "dvc.yaml").write_text(GRAPH)
    (folder / "params.yaml").write_text(PARAMS)
    for file, text in {"source/en.txt": "one", "source/xx.txt": "two", **CODE}.items():
        (folder / file).parent.mkdir(exist_ok=True)
        (folder / file).write_text(text)
    run(["git", "init", "-q"], folder)
    run(["dvc", "init", "-q"], folder)
    (folder / "out").mkdir()
    run(["dvc", "repro", "-q", "rows", "train"], folder)
    return folder


@pytest.fixture
def project(template, tmp_path, monkeypatch):
    folder = shutil.copytree(template, tmp_path / "project")
    monkeypatch.chdir(folder)
    return folder


def moved(digests=CODE) -> dict[str, list[Change]]:
    found = read_changes(Path("dvc.yaml"), digests).changes
    assert found.pop("score") == [Change("stage", "", "has not run yet")]
    return found


def test_nothing_has_moved(project):
    assert moved() == {}
    upstream = read_changes(Path("dvc.yaml"), CODE).upstream
    assert upstream == {"rows": set(), "train": {"rows"}, "score": {"train"}}


def test_a_parameter_is_named_with_both_values(project):
    text = PARAMS.replace("0.5", "0.25").replace("b: {}", "c: 7").replace("[0, 1]", "[1, 2]")
    Path("params.yaml").write_text(text)
    assert moved() == {
        "train": [
            Change("parameter", "target.tasks.a.rate", "0.5 -> 0.25"),
            Change("parameter", "target.tasks.b", "{} -> absent"),
            Change("parameter", "target.tasks.c", "absent -> 7"),
            Change("parameter", "seeds", "- 0, + 2"),
        ]
    }


def test_a_list_in_another_order_is_named():
    assert changes.change([1, 2], [2, 1]) == "another order"


def test_a_file_below_a_folder_is_named(project):
    rows = Path("out/rows")
    for file in rows.rglob("*.txt"):
        file.chmod(0o644)
    (rows / "de/test.txt").unlink()
    (rows / "de/test.txt").write_text("edited")
    (rows / "en.txt").unlink()
    (rows / "fr.txt").write_text("new")
    named = [("de/test.txt", "changed"), ("en.txt", "missing"), ("fr.txt", "new")]
    assert moved() == {
        "rows": [Change("output", f"out/rows/{name}", how) for name, how in named],
        "train": [Change("input", f"out/rows/{name}", how) for name, how in named],
    }


def test_of_many_files_a_few_are_named(project):
    for number in range(9):
        Path(f"out/rows/{number}").write_text("")
    found = moved()["train"]
    assert len(found) == changes.MOST_FILES + 1
    assert found[-1] == Change("input", "out/rows", "4 more of 12 files")


def test_of_a_folder_that_dvc_does_not_keep_the_newest_file_is_named(project):
    Path("source/en.txt").write_text("three")
    os.utime("source/xx.txt", (0, 0))
    (change,) = moved()["rows"]
    assert change.what == "source"
    assert change.how.endswith("the newest is en.txt")


def test_what_is_not_there_is_named(project):
    Path("out/model").unlink()
    assert moved() == {"train": [Change("output", "out/model", "missing")]}


def test_a_file_is_named_with_both_digests(project):
    Path("out/model").unlink()
    Path("out/model").write_text("other")
    (change,) = moved()["train"]
    assert (change.kind, change.what) == ("output", "out/model")
    assert change.how == "changed, MD5 f97c5d29 -> 795f3202"


def test_a_command_is_named(project):
    Path("dvc.yaml").write_text(GRAPH.replace("cat out/rows/en.txt", "cat  out/rows/en.txt"))
    (change,) = moved()["train"]
    assert change.kind == "command"
    assert change.how == "was cat out/rows/en.txt > out/model"


def test_code_counts_as_it_would_be_written_now(project):
    """Not as the digest file has it, which the stage `code` has not written anew yet."""
    now = CODE | {"code/train": "stages.train 5678\n"}
    assert moved(now) == {"train": [Change("code", "code/train", "changed", CODE["code/train"])]}
    Path("code/train").write_text(now["code/train"])  # nor is the text of before there any more
    assert moved(now) == {"train": [Change("code", "code/train", "changed", None)]}
    assert moved(CODE) == {}
