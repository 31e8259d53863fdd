"""A revision of the project: its texts from git, its outputs from DVC's cache or from git."""

import hashlib
import json
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from dvc.exceptions import DvcException
from dvc.repo import Repo
from dvc_data.hashfile.hash_info import HashInfo
from dvc_data.hashfile.meta import Meta
from dvc_data.hashfile.tree import Tree

from waystation.base.errors import UserError
from waystation.params.yaml_files import parse_yaml
from waystation.result_archives import FOLDER as RESULTS
from waystation.result_archives import Archive, unpack

POCKET = "dvc.yaml"
FOLDER = ".dir"  # end of the MD5 of a folder's list of files


@dataclass(frozen=True)
class Revision:
    """A commit by the name that a person gave it."""

    name: str
    commit: str
    title: str

    @property
    def short(self) -> str:
        return self.commit[:9]

    def text(self, path: str) -> str | None:
        """A file's text; None where the revision has no such file."""
        done = run("show", f"{self.commit}:{path}")
        return done.stdout if done.returncode == 0 else None

    def archives(self, folder: str) -> Iterator[Archive]:
        """The archives of results in a folder; those that cannot be read are passed over."""
        names = run("ls-tree", "--name-only", self.commit, "--", f"{folder}/").stdout
        for path in names.splitlines():
            blob = subprocess.run(["git", "show", f"{self.commit}:{path}"], capture_output=True)
            with suppress(ValueError):
                yield unpack(blob.stdout)

    def suite_files(self) -> list[str]:
        """The dvc.yaml of every suite that has a dvc.lock."""
        names = run("ls-tree", "-r", "--name-only", self.commit, "--", "dvc.lock", "suites").stdout
        locks = [name for name in names.splitlines() if name.endswith("dvc.lock")]
        return [name.removesuffix(".lock") + ".yaml" for name in locks]


def read_revision(name: str) -> Revision:
    done = run("log", "-1", "--format=%H %s", f"{name}^{{commit}}", "--")
    if done.returncode:
        reason = done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "no such commit"
        raise UserError(
            f"revision {name!r}: {reason}; `git fetch` gets what a branch has elsewhere"
        )
    commit, _, title = done.stdout.strip().partition(" ")
    return Revision(name, commit, title)


def changed_files(base: Revision, head: Revision, *folders: str) -> list[str]:
    """The paths below some folders in which two revisions differ."""
    names = run("diff", "--name-only", "--no-renames", base.commit, head.commit, "--", *folders)
    return names.stdout.splitlines()


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """What git says; a UserError where it is not installed."""
    try:
        return subprocess.run(["git", *words], capture_output=True, text=True, encoding="utf-8")
    except FileNotFoundError:
        raise UserError("git is not installed; a review reads two revisions with it") from None


class Cache:
    """DVC's cache of this clone, and what git has of results."""

    def __init__(self) -> None:
        repo = Repo()
        self._place = repo.cache.local.oid_to_path
        repo.close()
        self._room = tempfile.TemporaryDirectory()  # of what git has and the cache has not

    def take(self, stored: Archive) -> None:
        """Have the outputs of an archive, but for those that are not what their MD5 says."""
        for output, md5 in stored.md5s.items():
            files = stored.below(output)
            objects = {hashlib.md5(data).hexdigest(): data for data in files.values()}
            if md5.endswith(FOLDER):
                listing = listed(files)
                objects[hashlib.md5(listing).hexdigest() + FOLDER] = listing
            if md5 in objects and self.file(md5) is None:
                for name, data in objects.items():
                    (Path(self._room.name) / name).write_bytes(data)

    def fetch(self, md5s: list[str]) -> None:
        """Get from DVC's default remote what is not here; folders with all their files."""
        folders = [md5 for md5 in md5s if md5.endswith(FOLDER)]
        try:
            with Repo() as repo:
                repo.cloud.pull([HashInfo("md5", md5) for md5 in md5s])
                files = {file for md5 in folders for file in (self.listing(md5) or {}).values()}
                repo.cloud.pull([HashInfo("md5", md5) for md5 in files])
        except DvcException as problem:
            raise UserError(f"--fetch: {' '.join(str(problem).split())}") from problem

    def file(self, md5: str) -> Path | None:
        """Where the bytes lie; None where this clone does not have them."""
        paths = (Path(self._place(md5)), Path(self._room.name) / md5)
        return next((path for path in paths if path.is_file()), None)

    def listing(self, md5: str) -> dict[str, str] | None:
        """{relative path: MD5} of a folder; None where this clone does not have the list."""
        path = self.file(md5) if md5.endswith(FOLDER) else None
        if path is None:
            return None
        return {entry["relpath"]: entry["md5"] for entry in json.loads(path.read_text())}


def listed(files: dict[str, bytes]) -> bytes:
    """A folder's list of files, as DVC writes the object."""
    folder = Tree()
    for path, data in files.items():
        folder.add(tuple(path.split("/")), Meta(), HashInfo("md5", hashlib.md5(data).hexdigest()))
    return folder.as_bytes()


@dataclass(frozen=True)
class Suite:
    """A suite as one revision has recorded it; `stages` are the entries of its dvc.lock."""

    revision: Revision
    name: str
    params: dict[str, Any]
    stages: dict[str, dict]
    cache: Cache

    @cached_property
    def outputs(self) -> dict[str, str]:
        """{path: MD5} of what the stages wrote; folders end with FOLDER."""
        return {out["path"]: out["md5"] for entry in self.stages.values() for out in entry["outs"]}

    def below(self, folder: str) -> dict[str, str]:
        """{path: MD5} of the outputs in a folder."""
        return {path: md5 for path, md5 in self.outputs.items() if path.startswith(f"{folder}/")}

    def listing(self, path: str) -> dict[str, str] | None:
        """{relative path: MD5} of an output that is a folder; None where the cache has no list."""
        return self.cache.listing(self.outputs.get(path, ""))

    def fetch(self) -> None:
        """Get from DVC's remote what a review reads."""
        kinds = ("metrics/{}/scores", "metrics/{}/benchmark", "data/{}/predictions")
        read = [md5 for kind in kinds for md5 in self.below(kind.format(self.name)).values()]
        self.cache.fetch(read)

    def json(self, path: str) -> Any:
        """The value of an output; None where this clone's cache does not have the file."""
        file = self.cache.file(self.outputs[path])
        return None if file is None else json.loads(file.read_text())


def read_suite(revision: Revision, file: str, cache: Cache) -> Suite | None:
    """The suite of a dvc.yaml; None where the revision has no lock of it."""
    lock, params = (
        revision.text(str(Path(file).with_name(name))) for name in ("dvc.lock", "params.yaml")
    )
    if lock is None or params is None:
        return None
    where = f"{revision.name}: {Path(file).with_name('dvc.lock')}"
    stages = parse_yaml(lock, where)["stages"]
    for stored in revision.archives(str(Path(file).with_name(RESULTS))):
        cache.take(stored)
    values = parse_yaml(params, f"{revision.name}: {Path(file).with_name('params.yaml')}")
    return Suite(revision, values["suite"], values, stages, cache)
