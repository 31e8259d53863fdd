"""A checkout of the clone for one job: its code and parameters, outputs by link from the cache.

A checkout is used by one job at a time and by many after another; the scratch folder is the
clone's, so that a job goes on where one that was killed has stopped.
"""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from dvc.repo import Repo

FOLDER = "checkouts"  # below the scratch folder


@contextmanager
def lent(home: Path) -> Iterator[Path]:
    """A checkout of `home` that nobody else uses now."""
    parent = home / ".scratch" / FOLDER
    parent.mkdir(parents=True, exist_ok=True)
    for number in count():
        with (parent / f"{number}.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            folder = parent / str(number)
            renew(home, folder)
            yield folder
            return


def renew(home: Path, folder: Path) -> None:
    """Make a checkout say what the clone says now; outputs and caches stay."""
    wanted = sources(home)
    folder.mkdir(exist_ok=True)
    for old in sources_of_before(folder) - wanted:
        (folder / old).unlink(missing_ok=True)
    for name in wanted:
        copy_changed(home / name, folder / name)
    (folder / ".sources").write_text("\n".join(sorted(wanted)))
    scratch = folder / ".scratch"
    if not scratch.is_symlink():
        scratch.symlink_to(home / ".scratch")
    with Repo(home) as repo:
        cache = repo.cache.local.path.removesuffix("/files/md5")
        types = ",".join(repo.cache.local.cache_types)
    (folder / ".dvc").mkdir(exist_ok=True)
    (folder / ".dvc" / "config.local").write_text(
        f"[core]\n    no_scm = true\n    analytics = false\n"
        f"[cache]\n    dir = {cache}\n    type = {types}\n"
    )


def sources(home: Path) -> set[str]:
    """What git tracks or would: code, parameters, locks; edits that nobody has committed too."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=home,
        capture_output=True,
        text=True,
        check=True,
    )
    names = {name for name in listed.stdout.split("\0") if name and (home / name).is_file()}
    return {name for name in names if not name.startswith((".scratch", "docs/", "plots/"))}


def sources_of_before(folder: Path) -> set[str]:
    note = folder / ".sources"
    return set(note.read_text().splitlines()) if note.is_file() else set()


def copy_changed(source: Path, place: Path) -> None:
    """Copy a file whose size or time differs, with its time."""
    own, theirs = source.stat(), place.stat() if place.is_file() else None
    if theirs and (own.st_size, own.st_mtime_ns) == (theirs.st_size, theirs.st_mtime_ns):
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    beside = place.with_name(f".{place.name}.{os.getpid()}")
    shutil.copy2(source, beside)
    beside.replace(place)
