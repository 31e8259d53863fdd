"""Generated blocks of the documents: written, and found not current."""

import argparse
from pathlib import Path

import pytest

from tests.conftest import ROOT, run
from tests.report.small_grid import intermediate_score, task_score
from waystation.base.errors import UserError
from waystation.commands import docs
from waystation.report import csv_files
from waystation.report.records import Estimate, Tables

TABLE = "<!-- results-mine:begin -->\n{}<!-- results-mine:end -->\n"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A clone with one suite, whose tables and README say the same."""
    (tmp_path / "plots" / "mine").mkdir(parents=True)
    (tmp_path / "plots" / "mine" / "results.md").write_text("| xnli | 40.0 |\n")
    (tmp_path / "docs").mkdir()
    (tmp_path / "README.md").write_text("# Mine\n\n" + TABLE.format("| xnli | 40.0 |\n"))
    (tmp_path / "suites").mkdir()
    for name in ("params.yaml", "suites/kept"):
        (tmp_path / name).write_text("")
    run(["git", "init", "-q"], tmp_path)
    run(["git", "add", "-A"], tmp_path)
    who = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    run(["git", *who, "commit", "-q", "-m", "Start"], tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def check() -> int:
    return docs.main(argparse.Namespace(check=True))


def test_a_run_of_a_suite_leaves_the_documents_current(project):
    (project / "plots" / "mine" / "results.md").write_text("| xnli | 39.9 |\n")
    assert check() == 0


def test_what_was_filled_from_a_run_is_current_before_the_commit(project):
    (project / "plots" / "mine" / "results.md").write_text("| xnli | 39.9 |\n")
    assert docs.main(argparse.Namespace(check=False)) == 0
    assert TABLE.format("| xnli | 39.9 |\n") in (project / "README.md").read_text()
    assert check() == 0


def test_a_block_that_says_something_else_is_named(project, capsys):
    (project / "README.md").write_text(TABLE.format("| xnli | 99.0 |\n"))
    assert check() == 1
    assert "README.md: results-mine" in capsys.readouterr().out


def test_an_unknown_block_is_refused_with_those_that_exist(project):
    (project / "README.md").write_text("<!-- resluts:begin -->\n<!-- resluts:end -->\n")
    with pytest.raises(UserError, match=r"'resluts'; allowed: .*results-mine"):
        check()


def test_where_there_is_no_commit_the_files_here_count(project):
    (project / ".git").rename(project / "git")
    assert check() == 0


def test_text_between_blocks_stays(project):
    before = (project / "README.md").read_text()
    docs.fill(Path("README.md"))
    assert (project / "README.md").read_text() == before


def test_rooms_and_verbs_are_those_of_the_project(monkeypatch):
    monkeypatch.chdir(ROOT)
    listed = docs.rooms()
    assert "| `tasks/` |" in listed
    assert "| `task_model.py` |" in listed
    assert docs.verbs().count("\n") == 19  # heading, line, eighteen verbs


@pytest.mark.parametrize(("seeds", "p_value"), [(3, 0.01), (1, None)])
def test_the_readme_s_gains_are_corrected_and_say_what_was_not_learned(tmp_path, seeds, p_value):
    """Of two gains 0.01 < 0.05 / 2 and 0.2 > 0.05; one seed has no p-values."""
    gains = []
    for task, p in (("xnli", p_value), ("pawsx", p_value and 0.2)):
        cell = {"model": docs.MODEL, "task": task, "seeds": seeds}
        gains.append(task_score(**cell, recipe="none"))
        gains.append(task_score(**cell, recipe="mnli", gain=Estimate(5.0, 1.0, 9.0, p)))
    taught = [intermediate_score(model=docs.MODEL, recipe="mnli", task="mnli", learned="no")]
    csv_files.write(tmp_path, Tables(gains=gains, intermediate=taught))
    text = docs.headline(tmp_path)
    assert text.count("**+5.0 [+1.0, +9.0]**") == (seeds > 1)
    assert text.count("`mnli`† 50.0") == 2
    assert "† not learned: " in text
    assert ("over the table's 2 gains" in text) == (seeds > 1)
    assert ("over rows (one seed)" in text) == (seeds == 1)
