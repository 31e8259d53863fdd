"""The rows of one split and language as examples, with everything about them checked or counted."""

import itertools
from collections.abc import Iterator
from types import ModuleType

from waystation import tasks
from waystation.base.errors import UserError
from waystation.base.progress import progress
from waystation.data import source_rows, wellformed
from waystation.data.source_rows import Loaded
from waystation.data.tally import Tally

# What a row of another form than the task's raises in the task's own code.
MISSHAPEN = (ValueError, KeyError, IndexError, TypeError, AttributeError)


class Converter:
    """Rows -> examples, one by one; what is told of them is whole when the last has passed."""

    def __init__(
        self,
        task: ModuleType,
        loaded: list[Loaded],
        split: str,
        language: str,
        where: str,
        sampled: bool,
    ):
        self.task, self.loaded, self.where, self.sampled = task, loaded, where, sampled
        self.split, self.language = split, language
        self.tally = Tally()
        self.candidates = set() if hasattr(task, "CANDIDATES") else None
        for part in loaded:
            wanted = source_rows.expected(part.task, "ROWS", split, language)
            source_rows.check_number(part.size, wanted, "rows", sampled, where)

    def examples(self, limit: int | None) -> Iterator[dict]:
        """The first `limit` examples, checked; of a union, of each part its share of them."""
        ids = set()
        for part, share in zip(self.loaded, shares(limit, self.sizes), strict=True):
            for example in itertools.islice(self.made(part), share):
                if len(self.loaded) > 1:
                    example["id"] = f"{part.task.__name__.rpartition('.')[2]}-{example['id']}"
                if example["id"] in ids:
                    raise UserError(f"{self.where}: the id {example['id']!r} stands twice")
                ids.add(example["id"])
                if self.candidates is not None:
                    self.candidates.update(made["key"] for made in example["candidates"])
                wellformed.check(example, self.task, self.where)
                self.tally.repaired += repair_answers(example, self.where)
                example, names = labelled(example, self.task.LABELS, self.where)
                self.tally.add(example, names)
                yield example
        if not ids:
            dropped = self.tally.dropped.total()
            raise UserError(f"{self.where}: none of {dropped} rows is one of this language's")
        if limit is None:
            if self.expected("ROWS") is not None:  # of a user's own translation nothing is known
                self.check_number(self.rows_of_language, "LANGUAGE_ROWS", "rows of this language")
            self.check_number(len(ids), "KEPT", "examples")
            if self.candidates is not None:
                self.check_number(len(self.candidates), "CANDIDATES", "candidates")

    def check_number(self, found: int, constant: str, what: str) -> None:
        wanted = self.expected(constant)
        source_rows.check_number(found, wanted, what, self.sampled, self.where)

    @property
    def sizes(self) -> list[int]:
        return [part.size for part in self.loaded]

    @property
    def rows_of_language(self) -> int:
        """Rows of the source, less those that its configuration has of other languages."""
        return sum(self.sizes) - self.tally.dropped["another language"]

    def expected(self, constant: str) -> int | None:
        return source_rows.expected(self.task, constant, self.split, self.language)

    def made(self, part: Loaded) -> Iterator[dict]:
        """The examples of one part as its module makes them."""
        read = {
            table: source_rows.checked(rows, part.task, table, self.where)
            for table, rows in part.tables.items()
        }
        if hasattr(part.task, "tables"):
            return self.from_tables(part, read)
        return self.from_rows(part, progress(read["rows"], part.size, self.where, "rows"))

    def from_tables(self, part: Loaded, tables: dict[str, Iterator[dict]]) -> Iterator[dict]:
        """The examples that a task makes of several tables together."""
        try:
            yield from progress(
                part.task.examples(tables, self.language), part.size, self.where, "examples"
            )
        except MISSHAPEN as problem:
            raise UserError(f"{self.where}: {problem!r}") from None

    def from_rows(self, part: Loaded, rows: Iterator[dict]) -> Iterator[dict]:
        """One example for every row that the task keeps; the others are counted by reason."""
        task, drop = part.task, getattr(part.task, "drop", None)
        for index, row in enumerate(rows):
            reason = drop and drop(row, self.split, self.language)
            if reason:
                self.tally.dropped[reason] += 1
                continue
            try:
                example = task.example(row, index, self.language)
            except MISSHAPEN as problem:
                raise UserError(f"{self.where}, row {index}: {problem!r}") from None
            yield example

    def told(self, limit: int | None) -> dict:
        """The statistics, and how many rows the source has and should have."""
        wanted = [
            source_rows.expected(part.task, "ROWS", self.split, self.language)
            for part in self.loaded
        ]
        told = {"source_rows": sum(self.sizes)}
        if None not in wanted:
            told["expected_rows"] = sum(wanted)
            mixed = getattr(self.loaded[0].task, "MIXED", {}).get(self.language)
            if mixed and wanted == self.sizes:
                told["mixed_with"] = mixed
                print(f"{self.where}: among its rows are some in {mixed}", flush=True)
        if self.candidates is not None:
            told["candidates"] = len(self.candidates)
        for constant, what in (("KEPT", "examples"), ("CANDIDATES", "candidates")):
            if limit is None and self.expected(constant) is not None:
                told[f"expected_{what}"] = self.expected(constant)
        return self.tally.told() | told


def shares(limit: int | None, sizes: list[int]) -> list[int | None]:
    """`limit` divided in proportion to sizes; None, no limit, stays."""
    if limit is None or len(sizes) == 1:
        return [limit] * len(sizes)
    ends = [limit * end // sum(sizes) for end in itertools.accumulate(sizes)]
    return [end - start for start, end in itertools.pairwise([0, *ends])]


def repair_answers(example: dict, where: str) -> int:
    """Move answer offsets to where the text is, if it is near; return how many were moved."""
    moved = 0
    for answer in example.get("answers", ()):
        try:
            found = tasks.place(example["context"], answer["text"], answer["start"])
        except ValueError as problem:
            raise UserError(f"{where}, id {example['id']!r}: {problem}") from None
        moved += found != answer["start"]
        answer["start"] = found
    return moved


def labelled(example: dict, labels: tuple[str, ...] | None, where: str) -> tuple[dict, list[str]]:
    """The example with labels as indices into `labels` or its own choices, and their names.

    Where no labels are known before all rows are read, they stay text.
    """
    values = example.get("tags", [example["label"]] if "label" in example else [])
    if labels is None:
        return example, check_text(example, values, where)
    allowed = tuple(example.get("choices", labels))
    indices = [allowed.index(v) if isinstance(v, str) and v in allowed else v for v in values]
    bad = [v for v in indices if not isinstance(v, int) or not 0 <= v < len(allowed)]
    if bad:
        raise UserError(
            f"{where}, id {example['id']!r}: label {bad[0]!r}; "
            f"allowed: 0 to {len(allowed) - 1} ({', '.join(allowed[:20])})"
        )
    names = [str(i) if "choices" in example else allowed[i] for i in indices]
    if "tags" in example:
        check_length(example, where)
        return example | {"tags": indices}, names
    return (example | {"label": indices[0]} if indices else example), names


def check_text(example: dict, tags: list, where: str) -> list[str]:
    check_length(example, where)
    if any(not isinstance(tag, str) for tag in tags):
        raise UserError(f"{where}, id {example['id']!r}: labels should be text")
    return tags


def check_length(example: dict, where: str) -> None:
    if len(example["tags"]) != len(example["tokens"]):
        raise UserError(
            f"{where}, id {example['id']!r}: "
            f"{len(example['tokens'])} tokens but {len(example['tags'])} labels"
        )
