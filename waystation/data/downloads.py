"""One task's rows as examples on disk, checked, with their statistics."""

import hashlib
import json
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from waystation import tasks
from waystation.base.errors import UserError, choose
from waystation.data import conversion, examples, source_rows
from waystation.files import checksum, write_json
from waystation.params.schema import Source, TaskLimits
from waystation.params.typed import build
from waystation.tasks import Task
from waystation.text_files import read_json

EXAMPLES, COUNTS = "examples.jsonl", "counts.json"


@dataclass(frozen=True)
class Download:
    """A task's name, the languages that are wanted, and what its rows are made from.

    `origin` is what `data.origins` says of the task, `limits` the parameters' entry.
    """

    name: str
    languages: tuple[str, ...]
    source: Source
    limits: TaskLimits
    origin: dict

    @property
    def parts(self) -> list[tuple[str, str]]:
        """(split, language) of all that is wanted."""
        splits = tasks.load(self.name).splits
        return [(split, code) for split in splits for code in self.languages]

    def made_from(self, split: str, language: str) -> dict:
        """Everything but code that the examples of one split and language are made from."""
        return {
            "task": self.name,
            "split": split,
            "language": language,
            "limit": getattr(self.limits, split),
            "sampled": self.source.sampled,  # whether the number of rows was enforced
            "draw": self.source.draw,
            "origin": self.origin,
        }


def gather(wanted: Download, parts: dict[tuple[str, str], Path], out: Path) -> dict:
    """Write all fetched splits and languages as one task; return the statistics."""
    task = tasks.load(wanted.name)
    counts = {cell: read_json(folder / COUNTS) for cell, folder in parts.items()}
    absent = [f"{split}/{code}" for (split, code), count in counts.items() if count is None]
    if len(absent) == len(counts):
        raise UserError(
            f"task {wanted.name!r}: no rows in any split of "
            f"{', '.join(wanted.origin['repositories'])}"
        )
    labels = labels_of(task, counts)
    splits: dict[str, dict[str, dict]] = {}
    out.mkdir(parents=True)
    for (split, code), folder in parts.items():
        if counts[split, code] is not None:
            file = examples.path(out, split, code)
            publish(folder / EXAMPLES, file, labels if task.labels is None else None)
            entry = counts[split, code] | {"sha256": checksum(file)}
            splits.setdefault(split, {})[code] = entry
    write_json(out / "task.json", description(task, labels))
    return {
        "task": wanted.name,
        "made_from": repositories(wanted.origin),
        "license": task.license,
        "citation": task.citation,
        "sampled": wanted.source.sampled,
        "splits": splits,
        "absent": absent,
    }


def read_origin(file: Path) -> dict:
    """What the stage `sources` wrote of a task: {"repositories": {name: what it is made from}}."""
    stored = build(dict[str, dict[str, dict]], read_json(file, dict), str(file))
    choose("repositories", stored, "key", str(file))
    return stored


def announce(name: str, origin: dict) -> None:
    """Print what the rows are read from."""
    for repository, made_from in origin["repositories"].items():
        revision = made_from.get("revision")
        where = f"revision {revision}" if revision else "a local folder"
        unpinned = "" if made_from.get("pinned", True) else " (unpinned: where its main branch was)"
        print(f"download {name}: {repository}, {where}{unpinned}", flush=True)


def repositories(origin: dict) -> dict:
    """As in the origin, with one digest in place of a folder's files."""
    digested = {}
    for repository, made_from in origin["repositories"].items():
        if "files" in made_from:
            listed = json.dumps(made_from["files"], sort_keys=True).encode()
            made_from = {"files_sha256": hashlib.sha256(listed).hexdigest()}
        digested[repository] = made_from
    return digested


def fetch(wanted: Download, cache: str, split: str, language: str, out: Path) -> None:
    """One split and language: its examples and their counts, or null if it is absent.

    `cache` is a folder for what the Hub's library keeps.
    """
    name, source, origin = wanted.name, wanted.source, wanted.origin
    task, where = tasks.load(name), f"task {name!r}, {split}, {language}"
    loaded = source_rows.load(source, task, split, language, origin, cache)
    if loaded is None and not source.sampled and (split == "test" or known(task, split, language)):
        repositories = ", ".join(origin["repositories"])
        raise UserError(f"task {name!r}: {repositories} has no {split} rows for {language!r}")
    out.mkdir(parents=True, exist_ok=True)
    if loaded is None:
        print(f"download {name}: no {split} rows for {language}", flush=True)
        write_json(out / COUNTS, None)
        return
    limit = getattr(wanted.limits, split)
    converter = conversion.Converter(
        task, loaded, split, language, where, source.sampled, source.draw
    )
    examples.write(out / EXAMPLES, converter.examples(limit))
    hold_unchanged(wanted)
    write_json(out / COUNTS, converter.statistics(limit))


def hold_unchanged(wanted: Download) -> None:
    """Refuse folders that were edited after their files were listed: nothing of them is kept."""
    task = tasks.load(wanted.name)
    for repository, made_from in wanted.origin["repositories"].items():
        if "files" not in made_from:
            continue
        folder = Path(source_rows.location(wanted.source, task, repository)[0])
        paths = {str(p.relative_to(folder)): p for p in sorted(folder.rglob("*")) if p.is_file()}
        sums = {name: sum_of(path, *as_it_is(path)) for name, path in paths.items()}
        if sums != made_from["files"]:
            changed = sorted({name for name, _ in sums.items() ^ made_from["files"].items()})
            raise UserError(
                f"{folder}: {', '.join(changed)} changed while this was running; run again"
            )


def as_it_is(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_mtime_ns, status.st_size


@cache
def sum_of(path: Path, changed_ns: int, size: int) -> str:
    """A file's checksum, computed again only when it looks changed."""
    return checksum(path)


def known(task: Task, split: str, language: str) -> bool:
    """Whether the task's file says how many rows a split has; then the split must be there."""
    members = tasks.members_with(task, language)
    return any(tasks.expected(member.rows, split, language) for member in members)


def labels_of(task: Task, counts: dict) -> tuple[str, ...]:
    """The task's labels; those that occur, sorted, for a task that lists none."""
    if task.labels is not None:
        return task.labels
    return tuple(sorted({label for count in counts.values() if count for label in count["labels"]}))


def publish(fetched: Path, file: Path, labels: tuple[str, ...] | None) -> None:
    """Copy examples; tags that are still text become indices into `labels`."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if labels is None:
        shutil.copyfile(fetched, file)
        return
    numbers = {label: number for number, label in enumerate(labels)}
    tagged = (e | {"tags": [numbers[tag] for tag in e["tags"]]} for e in examples.lines(fetched))
    examples.write(file, tagged)


def description(task: Task, labels: tuple[str, ...]) -> dict:
    """What `task.json` holds, the record `data.examples.Description`."""
    return {
        "name": task.name,
        "type": task.type,
        "metrics": list(task.metrics),
        "labels": list(labels),
        "chance_percent": task.chance_percent,
        "trained_on": task.trained_on,
        "pool": task.pool,
        "xtreme": task.xtreme,
        "xtreme_labels": list(task.xtreme_labels),
    }
