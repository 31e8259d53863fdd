"""Clones that share a DVC remote, and branches that both changed dvc.lock."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import run
from tests.runner.tiny import at_once, write

CELLS = [f"out/made/{cell}" for cell in ("a", "b", "c", "d/1")]


def git(folder, *words, check=True):
    author = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
    return run(["git", *author, *words], folder, check)


@pytest.fixture(scope="module")
def first(tmp_path_factory) -> Path:
    """A clone that has run all and pushed its results to a remote, a folder beside it."""
    folder = tmp_path_factory.mktemp("shared") / "first"
    folder.mkdir()
    write(folder)
    run(["dvc", "remote", "add", "-q", "-d", "shared", str(folder.parent / "remote")], folder)
    run(["dvc", "remote", "modify", "-q", "shared", "verify", "true"], folder)
    at_once(folder)
    commit(folder)
    return folder


def commit(folder):
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "Run it")
    run(["dvc", "push", "-q", "--run-cache"], folder)


@pytest.fixture
def clone(first, tmp_path) -> Path:
    """A second clone, with a remote of its own that has the same results."""
    shutil.copytree(first.parent / "remote", tmp_path / "remote")
    git(tmp_path, "clone", "-q", str(first), "second")
    folder = tmp_path / "second"
    run(["dvc", "remote", "modify", "-q", "shared", "url", str(tmp_path / "remote")], folder)
    return folder


def md5_of(folder, path):
    entry = (folder / "dvc.lock").read_text().partition(f"path: {path}\n")[2]
    return re.search(r"md5: (\w+)", entry)[1]


def stages_ran(done):
    return int(re.search(r"tiny: (\d+) of 8 stages ran", done.stdout)[1])


def test_a_second_clone_runs_nothing(clone):
    done = at_once(clone)
    assert stages_ran(done) == 0
    assert all((clone / cell).is_file() for cell in CELLS)
    assert not (clone / "times").exists()  # no stage's command has run
    assert git(clone, "status", "--short", "--", "dvc.lock").stdout == ""


@pytest.fixture
def bucket(monkeypatch):
    """The address of a server that speaks S3, with the bucket `shared`."""
    for module in ("dvc_s3", "moto.server"):
        pytest.importorskip(module, reason=f"{module} (packages dvc-s3, moto[server]) is absent")
    import boto3
    from moto.server import ThreadedMotoServer

    keys = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_DEFAULT_REGION": "x"}
    for name, value in keys.items():
        monkeypatch.setenv(name, value)
    server = ThreadedMotoServer(port=0)
    server.start()
    url = "http://{}:{}".format(*server.get_host_and_port())
    boto3.client("s3", endpoint_url=url).create_bucket(
        Bucket="shared", CreateBucketConfiguration={"LocationConstraint": "x"}
    )
    yield url
    server.stop()


def test_a_bucket_of_s3_is_a_remote_too(first, clone, bucket, tmp_path):
    pushing = shutil.copytree(first, tmp_path / "pushing")
    for folder in (pushing, clone):
        run(["dvc", "remote", "modify", "-q", "shared", "url", "s3://shared/results"], folder)
        run(["dvc", "remote", "modify", "-q", "shared", "endpointurl", bucket], folder)
    run(["dvc", "push", "-q", "--run-cache"], pushing)
    assert stages_ran(at_once(clone)) == 0


def test_one_cell_comes_by_one_command(clone):
    run(["dvc", "pull", "-q", "make@b"], clone)
    assert (clone / "out/made/b").is_file()
    assert not (clone / "out/made/a").exists()


def test_a_corrupt_object_is_named_and_made_again(clone):
    md5 = md5_of(clone, "out/made/b")
    stored = clone.parent / "remote" / "files" / "md5" / md5[:2] / md5[2:]
    stored.chmod(0o644)
    stored.write_text("something else")
    done = at_once(clone)
    assert stages_ran(done) == 1
    log = (clone / ".scratch/logs/tiny/make@b.log").read_text()
    assert md5 in log
    run(["dvc", "push", "-q"], clone)
    assert stored.read_text() == (clone / "out/made/b").read_text()


def test_a_remote_that_does_not_answer_stops_nothing(clone):
    run(["dvc", "remote", "modify", "-q", "shared", "url", "ssh://127.0.0.1:1/nowhere"], clone)
    done = at_once(clone)
    assert stages_ran(done) == 8
    assert "going on without" in done.stderr
    assert "remote 'shared': " in done.stderr


def test_two_branches_that_both_changed_the_lock_merge(clone):
    params = clone / "params.yaml"
    for branch, old, new in (("ours", "a: 1", "a: 2"), ("theirs", "d/1: 1", "d/1: 2")):
        git(clone, "checkout", "-q", "-b", branch, "origin/HEAD")
        params.write_text(params.read_text().replace(old, new))
        (clone / "source.txt").write_text(branch)
        at_once(clone)
        commit(clone)
    git(clone, "checkout", "-q", "ours")
    merged = git(clone, "merge", "theirs", check=False)
    assert "CONFLICT" in merged.stdout
    # The recipe of docs/reviewing.md: either lock will do, as a run mends what the other had.
    git(clone, "checkout", "--ours", "dvc.lock", "source.txt")
    git(clone, "add", "dvc.lock", "source.txt")
    before = len((clone / "times").read_text().splitlines())
    at_once(clone)
    ran = [line.split()[0] for line in (clone / "times").read_text().splitlines()[before:]]
    assert ran == ["make"]  # d/1 with our source and their parameter: no branch had that
    assert (clone / "params.yaml").read_text().count(": 2") == 2
    assert subprocess.run(["dvc", "status", "-q"], cwd=clone).returncode == 0
