"""What befalls a run from outside: a second run, a disk, a file, a clock; nothing is lost."""

import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.conftest import ROOT, run
from tests.frame.test_stage import wait_for
from tests.runner.tiny import at_once


def start(folder, *words):
    command = [sys.executable, "-m", "waystation", "run", *words]
    env = os.environ | {"PYTHONPATH": str(ROOT), "DVC_NO_ANALYTICS": "1"}
    return subprocess.Popen(
        command, cwd=folder, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def commands(folder):
    """How often each verb's command has run to its end."""
    return Counter(line.split()[0] for line in (folder / "times").read_text().splitlines())


def up_to_date(folder):
    return "all 8 stages are up to date" in at_once(folder).stdout


ONCE = {"code": 1, "make": 4, "join": 1, "benchmark": 1, "report": 1}


def test_two_runs_at_once_share_the_work(project):
    runs = [start(project, "--workers", "2") for _ in range(2)]
    told = [one.communicate(timeout=120)[0] for one in runs]
    assert [one.returncode for one in runs] == [0, 0], told
    assert commands(project) == ONCE
    assert up_to_date(project)


def test_a_source_that_vanishes_while_the_suite_runs_is_named(project):
    (project / "hang").write_text("made/a")
    running = start(project, "--workers", "1")
    wait_for((project / "started").exists)
    (project / "source.txt").rename(project / "kept.txt")
    (project / "hang").unlink()
    running.communicate(timeout=120)
    done = at_once(project, check=False)
    assert done.returncode == 1
    assert "source.txt" in done.stdout
    (project / "kept.txt").rename(project / "source.txt")
    at_once(project)
    assert up_to_date(project)


def test_a_clock_that_jumps_makes_nothing_again_and_hides_nothing(project):
    at_once(project)
    times = commands(project)
    for jump in (-10 * 365 * 86400, 10 * 365 * 86400):
        for file in project.glob("stages/*.py"):
            os.utime(file, (time.time() + jump,) * 2)
        os.utime(project / "source.txt", (time.time() + jump,) * 2)
        assert up_to_date(project)
        assert commands(project) == times
    (project / "source.txt").write_text("other")
    os.utime(project / "source.txt", (1, 1))  # long before the last run
    done = at_once(project)
    assert re.search(r"tiny: 8 of 8 stages ran", done.stdout)


def test_a_truncated_output_is_made_whole_again(project):
    at_once(project)
    times = commands(project)
    file = project / "out/made/b"
    whole = file.read_text()
    file.unlink()
    file.write_text(whole[:7])
    at_once(project)
    assert file.read_text() == whole
    assert commands(project) == times  # DVC's cache had it


def test_a_corrupt_file_of_the_cache_is_found_where_its_rights_were_changed(project):
    at_once(project)
    file = project / "out/made/b"
    whole = file.read_text()
    md5 = re.search(r"path: out/made/b\n\s+hash: md5\n\s+md5: (\w+)", lock(project))[1]
    stored = project / ".dvc/cache/files/md5" / md5[:2] / md5[2:]
    file.unlink()
    stored.chmod(0o644)
    stored.write_text("something else")
    at_once(project)
    assert file.read_text() == whole
    assert up_to_date(project)


def lock(folder):
    return (folder / "dvc.lock").read_text()


def test_dvc_that_is_killed_while_its_child_trains_leaves_nothing_running(project):
    (project / "hang").write_text("made/a")
    command = ["dvc", "repro", "make@a"]
    env = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    running = subprocess.Popen(command, cwd=project, env=env, stdout=subprocess.PIPE)
    started = project / "started"
    wait_for(lambda: started.exists() and started.read_text())
    child = int(started.read_text())
    running.send_signal(signal.SIGKILL)
    running.communicate()
    wait_for(lambda: not Path(f"/proc/{child}").exists())
    (project / "hang").unlink()
    at_once(project)
    assert (project / "out/made/a").read_text()
    assert up_to_date(project)


@pytest.fixture
def small_disk(project):
    """The project's outputs on a file system of one megabyte, where this user may mount one."""
    folder = project / "out"
    folder.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if os.geteuid() or run(words, project, check=False).returncode:
        pytest.skip("this user may not mount a small disk")
    yield folder
    run(["umount", str(folder)], project)


def test_a_full_disk_fails_a_stage_and_loses_nothing(project, small_disk):
    full = small_disk / "full"
    at_once(project, "code")
    fill(full)
    done = at_once(project, check=False)
    assert done.returncode == 1
    assert "No space left on device" in done.stdout
    full.unlink()
    at_once(project)
    assert up_to_date(project)


def fill(file):
    with file.open("wb", buffering=0) as stream:
        try:
            while True:
                stream.write(b"0" * 4096)
        except OSError:
            return


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_folder_that_is_read_only_is_named(project):
    at_once(project, "code")
    (project / "out").chmod(0o555)
    done = at_once(project, check=False)
    (project / "out").chmod(0o755)
    assert done.returncode == 1
    assert "Permission denied" in done.stdout
    at_once(project)
    assert up_to_date(project)
