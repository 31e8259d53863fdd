"""Bring one task's rows into examples: the same parser for the Hub, a mirror and generated rows.

Checks the columns and their types, classes, labels, numbers of rows and answer offsets; drops rows
that the task does not keep; repairs offsets that a stripped context has shifted; counts both.
Writes `<split>/<language>.jsonl`, `task.json`, and the statistics of the data: rows, label balance,
lengths, repairs, drops, checksums. Finished splits and languages are kept in the scratch folder: a
download that was cut goes on where it stopped.
"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterable
from functools import cache, partial
from pathlib import Path

from stages import conversion, kept, source_rows, tasks
from stages import examples as examples_on_disk
from stages.command import Run, checksum, read_json, stage, write_json
from stages.errors import UserError

EXAMPLES, COUNTS = "examples.jsonl", "counts.json"


def main() -> None:
    with stage(
        __doc__,
        options=["task"],
        inputs=["code", "origin"],
        outputs=["out", "statistics"],
        params=["source", "languages", "tasks.{task}"],
    ) as run:
        task = tasks.load(run.options.task)
        told = download(run, task, read_json(run.inputs["origin"]))
        write_json(run.outputs["statistics"], told)
        parts = [(code, part) for split in told["splits"].values() for code, part in split.items()]
        rows = sum(part["rows"] for _, part in parts)
        run.made = f"{rows:,} examples in {len({code for code, _ in parts})} languages"


def download(run: Run, task, origin: dict) -> dict:
    """Write all splits and languages; return the statistics."""
    name, out = run.options.task, run.outputs["out"]
    announce(name, origin)
    languages = source_rows.wanted_languages(run.settings, name)
    with tempfile.TemporaryDirectory() as cache:
        parts = {
            (split, code): kept.part(
                "downloads",
                made_from(run, origin, split, code),
                partial(fetch, run, task, origin, cache, split, code),
            )
            for split in task.SPLITS
            for code in languages
        }
    counts = {cell: read_json(folder / COUNTS) for cell, folder in parts.items()}
    absent = [f"{split}/{code}" for (split, code), told in counts.items() if told is None]
    if len(absent) == len(counts):
        raise UserError(
            f"task {name!r}: no rows in any split of {', '.join(origin['repositories'])}"
        )
    labels = labels_of(task, counts)
    splits = {}
    out.mkdir(parents=True)
    for (split, code), folder in parts.items():
        if counts[split, code] is not None:
            file = examples_on_disk.path(out, split, code)
            publish(folder / EXAMPLES, file, labels if task.LABELS is None else None)
            told = counts[split, code] | {"sha256": checksum(file)}
            splits.setdefault(split, {})[code] = told
    write_json(out / "task.json", description(task, name, labels))
    return {
        "task": name,
        "made_from": repositories(origin),
        "license": task.LICENSE,
        "citation": task.CITATION,
        "sampled": run.settings.source.sampled,
        "splits": splits,
        "absent": absent,
    }


def announce(name: str, origin: dict) -> None:
    """Print what the rows are read from."""
    for repository, told in origin["repositories"].items():
        where = f"revision {told['revision']}" if "revision" in told else "a local folder"
        unpinned = "" if told.get("pinned", True) else " (unpinned: where its main branch was)"
        print(f"download {name}: {repository}, {where}{unpinned}", flush=True)


def repositories(origin: dict) -> dict:
    """As in the origin, with one digest in place of a folder's files."""
    found = {}
    for repository, told in origin["repositories"].items():
        if "files" in told:
            listed = json.dumps(told["files"], sort_keys=True).encode()
            told = {"files_sha256": hashlib.sha256(listed).hexdigest()}
        found[repository] = told
    return found


def made_from(run: Run, origin: dict, split: str, language: str) -> dict:
    """Everything that the examples of one split and language are made from."""
    return {
        "task": run.options.task,
        "split": split,
        "language": language,
        "limit": getattr(run.settings.tasks[run.options.task], split),
        "sampled": run.settings.source.sampled,  # whether the number of rows was enforced
        "origin": origin,
        "code": run.checksums[str(run.inputs["code"])],
    }


def fetch(run: Run, task, origin: dict, cache: str, split: str, language: str, out: Path) -> None:
    """One split and language: its examples and what is told of them, or null if it is absent."""
    name, source = run.options.task, run.settings.source
    where = f"task {name!r}, {split}, {language}"
    loaded = source_rows.load(source, task, split, language, origin, cache)
    if loaded is None and not source.sampled and (split == "test" or known(task, split, language)):
        told = ", ".join(origin["repositories"])
        raise UserError(f"task {name!r}: {told} has no {split} rows for {language!r}")
    out.mkdir(parents=True, exist_ok=True)
    if loaded is None:
        print(f"download {name}: no {split} rows for {language}", flush=True)
        write_json(out / COUNTS, None)
        return
    limit = getattr(run.settings.tasks[name], split)
    converter = conversion.Converter(task, loaded, split, language, where, source.sampled)
    examples_on_disk.write(out / EXAMPLES, converter.examples(limit))
    hold_unchanged(run, task, origin)
    write_json(out / COUNTS, converter.told(limit))


def hold_unchanged(run: Run, task, origin: dict) -> None:
    """Refuse folders that were edited after their files were listed: nothing of them is kept."""
    for repository, told in origin["repositories"].items():
        if "files" not in told:
            continue
        folder = Path(source_rows.place(run.settings.source, task, repository)[0])
        paths = {str(p.relative_to(folder)): p for p in sorted(folder.rglob("*")) if p.is_file()}
        found = {name: sum_of(path, *as_it_is(path)) for name, path in paths.items()}
        if found != told["files"]:
            changed = sorted({name for name, _ in found.items() ^ told["files"].items()})
            raise UserError(
                f"{folder}: {', '.join(changed)} changed while this was running; run again"
            )


def as_it_is(path: Path) -> tuple[int, int]:
    told = path.stat()
    return told.st_mtime_ns, told.st_size


@cache
def sum_of(path: Path, changed_ns: int, size: int) -> str:
    """A file's checksum, computed again only when it looks changed."""
    return checksum(path)


def known(task, split: str, language: str) -> bool:
    """Whether it is known how many rows a split has, so that it must be there."""
    parts = tasks.parts_with(task, language)
    return any(source_rows.expected(part, "ROWS", split, language) for part in parts)


def labels_of(task, counts: dict) -> tuple[str, ...]:
    """The task's labels; those that occur, sorted, for a task that lists none."""
    if task.LABELS is not None:
        return tuple(task.LABELS)
    return tuple(sorted({label for told in counts.values() if told for label in told["labels"]}))


def publish(part: Path, file: Path, labels: tuple[str, ...] | None) -> None:
    """Copy examples; tags that are still text become indices into `labels`."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if labels is None:
        shutil.copyfile(part, file)
        return
    index = {label: place for place, label in enumerate(labels)}
    with part.open(encoding="utf-8") as stream:
        read: Iterable[dict] = map(json.loads, stream)
        tagged = (e | {"tags": [index[tag] for tag in e["tags"]]} for e in read)
        examples_on_disk.write(file, tagged)


def description(task, name: str, labels: tuple[str, ...]) -> dict:
    return {
        "name": name,
        "type": task.TYPE,
        "metrics": list(task.METRICS),
        "labels": list(labels),
        "chance_percent": task.CHANCE,
        "trained_on": task.TRAINED_ON,
        "pool": getattr(task, "POOL", None),
        "xtreme": getattr(task, "XTREME", None),
        "xtreme_labels": list(getattr(task, "XTREME_LABELS", ())),
    }


if __name__ == "__main__":
    main()
