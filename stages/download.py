"""Bring one task's rows into examples: the same parser for the Hub, a mirror and generated rows.

Checks the columns and their types, labels and answer offsets; drops rows that the task does not
keep; repairs offsets that a stripped context has shifted; counts both. Writes
`<split>/<language>.jsonl`, `task.json`, and the statistics of the data: rows, label balance,
lengths in characters, repairs, checksums.
"""

import itertools
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from stages import examples as examples_on_disk
from stages import tasks
from stages.command import Run, checksum, read_json, stage, write_json
from stages.errors import UserError
from stages.progress import progress

TEXTS = (
    "first", "second", "question", "context", "text", "query", "candidate", "foreign", "english",
)  # fmt: skip
REPAIR_REACH = 64  # characters to either side in which a shifted answer is looked for


def main() -> None:
    with stage(
        __doc__,
        options=["task"],
        inputs=["code", "origin"],
        outputs=["out", "statistics"],
        params=["source", "languages", "tasks.{task}"],
    ) as run:
        task = tasks.load(run.options.task)
        origin = read_json(run.inputs["origin"])
        counts = download(run, task, origin)
        write_json(run.outputs["statistics"], counts)
        rows = sum(split["rows"] for part in counts["splits"].values() for split in part.values())
        run.made = f"{rows:,} examples in {len(wanted_languages(run, task))} languages"


def wanted_languages(run: Run, task) -> tuple[str, ...]:
    """The task's own list of languages if the suite gives one, else those it shares with it."""
    own = run.settings.tasks[run.options.task].languages
    if own is not None:
        tasks.check_languages(task, own)
        return own
    shared = tasks.covered(task, run.settings.languages)
    if not shared:
        raise UserError(
            f"task {run.options.task!r} has none of the suite's languages "
            f"{', '.join(run.settings.languages)}; it has {', '.join(task.LANGUAGES)}"
        )
    return shared


def download(run: Run, task, origin: dict) -> dict:
    """Write all splits and languages; return the statistics."""
    name, out = run.options.task, run.outputs["out"]
    limits = run.settings.tasks[name]
    languages = wanted_languages(run, task)
    cells = [(split, code) for split in task.SPLITS for code in languages]
    read, counts, absent = {}, {}, []
    with tempfile.TemporaryDirectory() as cache:
        for split, code in progress(cells, len(cells), f"download {name}", "files"):
            tables = load_tables(run.settings.source.prefix, task, split, code, origin, cache)
            if tables is None and split == "test":
                raise UserError(f"task {name!r}: {task.REPO} has no test rows for {code!r}")
            if tables is None:
                absent.append(f"{split}/{code}")
                continue
            limit = getattr(limits, split)
            read[split, code] = convert(task, tables, limit, name, split, code)
    if not read:
        raise UserError(f"task {name!r}: no rows in any split of {task.REPO}")
    labels = task.LABELS if task.LABELS is not None else labels_of(read, name)
    out.mkdir(parents=True)
    for (split, code), converted in read.items():
        found = [index_labels(e, labels, name, split, code) for e in converted.examples]
        file = examples_on_disk.path(out, split, code)
        examples_on_disk.write(file, found)
        counts.setdefault(split, {})[code] = {
            **statistics(found, labels),
            "answers_repaired": converted.repaired,
            "dropped": converted.dropped,
            "sha256": checksum(file),
        }
    description = {
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
    write_json(out / "task.json", description)
    made_from = {key: origin[key] for key in ("repository", "revision")}
    return {
        "task": name,
        "made_from": made_from,
        "license": task.LICENSE,
        "splits": counts,
        "absent": absent,
    }


def load_tables(
    prefix: str, task, split: str, language: str, origin: dict, cache: str
) -> dict | None:
    """Rows of one split and language by table, or None where the source has no such split.

    A task whose examples are not joined from several tables has one, called "rows".
    """
    joined = hasattr(task, "tables")
    configs = task.tables(language) if joined else {"rows": task.config(language)}
    tables = {
        table: load_rows(prefix, task, config, task.SPLITS[split], origin, cache)
        for table, config in configs.items()
    }
    return None if any(rows is None for rows in tables.values()) else tables


def load_rows(prefix: str, task, config: str, split: str, origin: dict, cache: str):
    """Rows of one configuration and split, or None where the source has no such split."""
    import datasets

    datasets.disable_progress_bars()
    repo = task.REPO if prefix == "hub" else str(Path(prefix) / task.REPO)
    if prefix != "hub" and not Path(repo).is_dir():
        raise UserError(f"no folder {repo} (source.prefix {prefix!r}, repository {task.REPO!r})")
    kept = {} if prefix == "hub" else {"cache_dir": cache}
    try:
        return datasets.load_dataset(repo, config, split=split, revision=origin["revision"], **kept)
    except ValueError as problem:
        if "Unknown split" in str(problem) or "Bad split" in str(problem):
            return None
        if "corresponds to no data" in str(problem):
            raise UserError(f"{repo}, configuration {config!r}: split {split!r} is empty") from None
        raise UserError(f"{repo}, configuration {config!r}: {problem}") from None
    except FileNotFoundError as problem:
        raise UserError(f"{repo}, configuration {config!r}: {problem}") from None


@dataclass
class Converted:
    """Examples of one split and language, and how many rows were repaired and dropped."""

    examples: list[dict] = field(default_factory=list)
    repaired: int = 0
    dropped: int = 0


def convert(
    task, tables: dict, limit: int | None, name: str, split: str, language: str
) -> Converted:
    """Rows -> the first `limit` examples; every column is checked on the way."""
    where = f"task {name!r}, {split}, {language}"
    converted = Converted()
    if hasattr(task, "tables"):
        checked = {
            table: list(check(rows, task.COLUMNS[table], f"{where}, table {table!r}"))
            for table, rows in tables.items()
        }
        made = task.examples(checked, language)
    else:
        rows = check(tables["rows"], task.COLUMNS, where)
        made = examples_of(task, rows, split, language, converted)
    ids = set()
    for example in itertools.islice(made, limit):
        if example["id"] in ids:
            raise UserError(f"{where}: the id {example['id']!r} stands twice")
        ids.add(example["id"])
        converted.repaired += repair_answers(example, where)
        converted.examples.append(example)
    if not converted.examples:
        raise UserError(f"{where}: none of {converted.dropped} rows is one of this language's")
    return converted


def check(rows, columns: dict[str, type], where: str) -> Iterator[dict]:
    """The rows of a table; a column that is absent or of another type is named."""
    missing = [column for column in columns if column not in rows.column_names]
    if missing:
        raise UserError(
            f"{where}: no column {', '.join(missing)}; "
            f"the source has {', '.join(rows.column_names)}"
        )
    if not len(rows):
        raise UserError(f"{where}: the split is empty")
    for index, row in enumerate(rows):
        for column, kind in columns.items():
            if not isinstance(row[column], kind):
                raise UserError(
                    f"{where}, row {index}: column {column!r} should be {kind.__name__}, "
                    f"got {type(row[column]).__name__} {row[column]!r:.80}"
                )
        yield row


def examples_of(
    task, rows: Iterable[dict], split: str, language: str, converted: Converted
) -> Iterator[dict]:
    """One example for every row that the task keeps; the others are counted."""
    for index, row in enumerate(rows):
        if hasattr(task, "keep") and not task.keep(row, split, language):
            converted.dropped += 1
        else:
            yield task.example(row, index, language)


def repair_answers(example: dict, where: str) -> int:
    """Move answer offsets to where the text is, if it is near; return how many were moved."""
    moved = 0
    for answer in example.get("answers", ()):
        text, start, context = answer["text"], answer["start"], example["context"]
        if context[start : start + len(text)] == text:
            continue
        near = [
            place
            for place in range(max(0, start - REPAIR_REACH), start + REPAIR_REACH)
            if context.startswith(text, place)
        ]
        if not near:
            raise UserError(
                f"{where}, id {example['id']!r}: "
                f"the answer {text!r} is not at {start} in the context"
            )
        answer["start"] = min(near, key=lambda place: abs(place - start))
        moved += 1
    return moved


def labels_of(read: dict, name: str) -> tuple[str, ...]:
    """The labels that occur, sorted, for a task that lists none."""
    found = {tag for converted in read.values() for e in converted.examples for tag in e["tags"]}
    if any(not isinstance(tag, str) for tag in found):
        raise UserError(f"task {name!r}: labels should be text")
    return tuple(sorted(found))


def index_labels(example: dict, labels: tuple[str, ...], name: str, split: str, language: str):
    """Give labels as indices into `labels`, or into the example's own choices."""
    labels = tuple(example.get("choices", labels))
    values = example.get("tags", [example["label"]] if "label" in example else [])
    indices = [labels.index(v) if isinstance(v, str) and v in labels else v for v in values]
    bad = [v for v in indices if not isinstance(v, int) or not 0 <= v < len(labels)]
    if bad:
        raise UserError(
            f"task {name!r}, {split}, {language}, id {example['id']!r}: label {bad[0]!r}; "
            f"allowed: 0 to {len(labels) - 1} ({', '.join(labels[:20])})"
        )
    if "tags" in example:
        if len(example["tags"]) != len(example["tokens"]):
            raise UserError(
                f"task {name!r}, {split}, {language}, id {example['id']!r}: "
                f"{len(example['tokens'])} tokens but {len(example['tags'])} labels"
            )
        return example | {"tags": indices}
    return example


def statistics(found: list[dict], labels: tuple[str, ...]) -> dict:
    """Counts of one split and language, committed so that a change in the data is seen."""
    lengths = sorted(characters(example) for example in found)
    balance = Counter(
        str(e["label"]) if "choices" in e else labels[e["label"]] for e in found if "label" in e
    )
    balance.update(labels[tag] for e in found for tag in e.get("tags", ()))
    return {
        "rows": len(found),
        "labels": dict(sorted(balance.items())),
        "characters_median": lengths[len(lengths) // 2],
        "characters_max": lengths[-1],
    }


def characters(example: dict) -> int:
    """Length of an example's text; of its candidates if it has nothing else."""
    texts = [example[key] for key in TEXTS if example.get(key)]
    texts += [" ".join(example[key]) for key in ("tokens", "choices") if key in example]
    if not texts:
        texts = [candidate["text"] for candidate in example["candidates"]]
    return sum(len(text) for text in texts)


if __name__ == "__main__":
    main()
