"""A revision of the project: its texts from git, its outputs from DVC's cache."""

import json
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from dvc.exceptions import DvcException
from dvc.repo import Repo
from dvc_data.hashfile.hash_info import HashInfo

from waystation.base.errors import UserError
from waystation.params.yaml_files import parse_yaml

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
    """DVC's cache of this clone."""

    def __init__(self) -> None:
        repo = Repo()
        self._place = repo.cache.local.oid_to_path
        repo.close()

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
        path = Path(self._place(md5))
        return path if path.is_file() else None

    def listing(self, md5: str) -> dict[str, str] | None:
        """{relative path: MD5} of a folder; None where this clone does not have the list."""
        path = self.file(md5) if md5.endswith(FOLDER) else None
        if path is None:
            return None
        return {entry["relpath"]: entry["md5"] for entry in json.loads(path.read_text())}


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
    values = parse_yaml(params, f"{revision.name}: {Path(file).with_name('params.yaml')}")
    return Suite(revision, values["suite"], values, stages, cache)
