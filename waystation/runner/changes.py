"""What has moved since a stage last ran: parameters, files, outputs, its command, its code."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from dvc.dependency import ParamsDependency
from dvc.output import Output
from dvc.stage import Stage
from dvc_data.hashfile.build import build
from dvc_data.hashfile.tree import Tree

from waystation.runner.dvc_graph import Stages, read_stages, recorded

MOST_FILES = 5  # of one folder that are named
STATES = {"deleted": "missing", "modified": "changed", "not in cache": "not in DVC's cache"}
ABSENT = "absent"


@dataclass(frozen=True)
class Change:
    """One thing that has moved."""

    kind: str  # stage, command, parameter, input, output, code
    what: str  # a parameter's key, a path, a command
    how: str  # `0.1 -> 0.2`, `missing`
    before: str | None = None  # of code: the digest file when the stage ran, where DVC has it


@dataclass(frozen=True)
class SuiteChanges:
    """The stages of a suite and what has moved."""

    upstream: dict[str, set[str]]  # the direct ones
    changes: dict[str, list[Change]]  # of the stages of which anything has moved


def read_changes(file: Path, digests: Mapping[str, str]) -> SuiteChanges:
    """Hold the suite of a dvc.yaml against its dvc.lock.

    `digests` are the digest files as they would be written now, {path: text}: an edited module
    counts before the stage `code` has run again.
    """
    return read_stages(file, partial(_suite_changes, digests=digests))


def _suite_changes(stages: Stages, digests: Mapping[str, str]) -> SuiteChanges:
    upstream = {stage.name: {other.name for other in needed} for stage, needed in stages.items()}
    lock = recorded(stages)
    changes = {stage.name: list(_changes(stage, lock, digests)) for stage in stages}
    return SuiteChanges(upstream, {name: moved for name, moved in changes.items() if moved})


def _changes(stage: Stage, lock: dict[str, dict], digests: Mapping[str, str]) -> Iterator[Change]:
    if stage.name not in lock:
        yield Change("stage", "", "has not run yet")
        return
    if stage.cmd_changed:
        yield Change("command", stage.cmd, f"was {lock[stage.name]['cmd']}")
    for entry in stage.deps:
        if isinstance(entry, ParamsDependency):
            yield from _parameters(entry)
        elif path_of(entry) in digests:
            yield from _code(entry, digests[path_of(entry)])
        else:
            yield from _files("input", entry)
    for entry in stage.outs:
        yield from _files("output", entry)


def path_of(entry: Output) -> str:
    return entry.fs.relpath(entry.fs_path, entry.repo.root_dir)


def _parameters(entry: ParamsDependency) -> Iterator[Change]:
    before, now = entry.hash_info.value or {}, entry.read_params()
    for key in entry.params:
        for name, old, new in differences(key, before.get(key, ABSENT), now.get(key, ABSENT)):
            yield Change("parameter", name, change(old, new))


def differences(key: str, old: object, new: object) -> Iterator[tuple[str, object, object]]:
    """The dotted keys below `key` whose values differ, with both values."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name in dict.fromkeys([*old, *new]):
            yield from differences(f"{key}.{name}", old.get(name, ABSENT), new.get(name, ABSENT))
    elif old != new:
        yield key, old, new


def change(old: object, new: object) -> str:
    """`1 -> 2`; of lists what is gone and what is new."""
    if isinstance(old, list | tuple) and isinstance(new, list | tuple):
        gone = [f"- {value}" for value in old if value not in new]
        added = [f"+ {value}" for value in new if value not in old]
        return ", ".join(gone + added) or "another order"
    return f"{old} -> {new}"


def _code(entry: Output, text: str) -> Iterator[Change]:
    before = entry.hash_info.value
    if before != md5(text):
        yield Change("code", path_of(entry), "changed", _text(entry, before) if before else None)


def _text(entry: Output, digest: str) -> str | None:
    """The text of a file with this MD5, from DVC's cache or the working copy."""
    for path in (entry.cache.oid_to_path(digest), entry.fs_path):
        if Path(path).is_file() and md5(text := Path(path).read_text()) == digest:
            return text
    return None


def md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


def _files(kind: str, entry: Output) -> Iterator[Change]:
    for state in entry.status().values():
        if state == "modified":
            yield from _modified(kind, entry)
        else:
            yield Change(kind, path_of(entry), STATES.get(state, state))


def _modified(kind: str, entry: Output) -> Iterator[Change]:
    """Name the files of a folder that have moved, where the list of before is at hand."""
    path, before = path_of(entry), entry.get_obj()
    ignore = entry.dvcignore
    now = build(entry.cache, entry.fs_path, entry.fs, "md5", ignore=ignore, dry_run=True)[2]
    if not isinstance(now, Tree):
        was, is_now = ((info.value or ABSENT)[:8] for info in (entry.hash_info, now.hash_info))
        digests = f"{was} -> {is_now}"
        yield Change(kind, path, f"changed, MD5 {digests}")
        return
    if not isinstance(before, Tree):
        newest = max(present(now, entry.fs_path), key=lambda file: file.stat().st_mtime)
        how = "changed; no list of its files before; the newest is"
        yield Change(kind, path, f"{how} {newest.relative_to(entry.fs_path)}")
        return
    old, new = files(before), files(now)
    moved = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
    for name in moved[:MOST_FILES]:
        how = "new" if name not in old else "missing" if name not in new else "changed"
        yield Change(kind, f"{path}/{name}", how)
    if moved[MOST_FILES:]:
        yield Change(kind, path, f"{len(moved) - MOST_FILES} more of {len(new)} files")


def files(tree: Tree) -> dict[str, str]:
    """{relative path: MD5} of a folder."""
    return {file["relpath"]: file["md5"] for file in tree.as_list()}


def present(tree: Tree, folder: str) -> list[Path]:
    return [Path(folder, name) for name in files(tree)]
