"""The rows of one split and language as examples, with everything about them checked or counted."""

import itertools
import random
from collections.abc import Iterable, Iterator
from typing import Any

from waystation import tasks
from waystation.base.errors import MISSHAPEN, UserError, misfit
from waystation.base.progress import progress
from waystation.data import source_rows, wellformed
from waystation.data.source_rows import Loaded
from waystation.data.tally import Tally
from waystation.tasks import Counts, Task


class Converter:
    """Rows -> examples, one by one; their statistics are whole when the last has passed."""

    def __init__(
        self,
        task: Task,
        loaded: list[Loaded],
        split: str,
        language: str,
        where: str,
        sampled: bool,
        draw: int | None = None,
    ):
        self.draw = None if split == "train" else draw
        self.task, self.loaded, self.where, self.sampled = task, loaded, where, sampled
        self.split, self.language = split, language
        self.tally = Tally()
        self.candidates: set[str] = set()
        for one in loaded:
            wanted = self.expected(one.task.rows)
            source_rows.check_number(one.size, wanted, "rows", sampled, where)

    def examples(self, limit: int | None) -> Iterator[dict]:
        """The first `limit` examples, checked; of a union, of each member its share of them."""
        ids: set[str] = set()
        for loaded, share in zip(self.loaded, shares(limit, self.sizes), strict=True):
            for example in self.chosen(self.converted(loaded), share):
                if len(self.loaded) > 1:
                    example["id"] = f"{loaded.task.name}-{example['id']}"
                if example["id"] in ids:
                    raise UserError(f"{self.where}: the id {example['id']!r} stands twice")
                ids.add(example["id"])
                if self.task.candidates:
                    self.candidates.update(one["key"] for one in example["candidates"])
                wellformed.check(example, self.task, self.where)
                self.tally.repaired += repair_answers(example, self.where)
                example, names = labelled(example, self.task.labels, self.where)
                self.tally.add(example, names)
                yield example
        if not ids:
            dropped = self.tally.dropped.total()
            raise UserError(f"{self.where}: none of {dropped} rows is one of this language's")
        if limit is None:
            task = self.task
            self.check_number(self.rows_of_language, task.language_rows, "rows of this language")
            self.check_number(len(ids), task.kept_rows, "examples")
            self.check_number(len(self.candidates), task.candidates, "candidates")

    def chosen(self, converted: Iterator[dict], count: int | None) -> Iterable[dict]:
        """The first `count` examples, or as many drawn ones in their order."""
        if self.draw is None or count is None:
            return itertools.islice(converted, count)
        every = list(converted)
        draw = random.Random(f"{self.draw}/{len(every)}")
        places = draw.sample(range(len(every)), min(count, len(every)))
        return [every[place] for place in sorted(places)]

    def check_number(self, number: int, counts: Counts, what: str) -> None:
        wanted = self.expected(counts)
        source_rows.check_number(number, wanted, what, self.sampled, self.where)

    @property
    def sizes(self) -> list[int]:
        return [one.size for one in self.loaded]

    @property
    def rows_of_language(self) -> int:
        """Rows of the source, less those that its configuration has of other languages."""
        return sum(self.sizes) - self.tally.dropped["another language"]

    def expected(self, counts: Counts) -> int | None:
        return tasks.expected(counts, self.split, self.language)

    def converted(self, loaded: Loaded) -> Iterator[dict]:
        """The examples of one member as its file makes them."""
        tables = {
            name: source_rows.checked(rows, loaded.task, name, self.where)
            for name, rows in loaded.tables.items()
        }
        if loaded.task.join:
            joined = loaded.task.join(tables, self.language)
            return self.from_tables(progress(joined, loaded.size, self.where, "examples"))
        rows = progress(tables["rows"], loaded.size, self.where, "rows")
        return self.from_rows(loaded.task, rows)

    def from_tables(self, joined: Iterable[dict]) -> Iterator[dict]:
        """The examples that a task makes of several tables together."""
        try:
            yield from joined
        except MISSHAPEN as problem:
            raise UserError(f"{self.where}: {misfit(problem)}") from None

    def from_rows(self, task: Task, rows: Iterable[dict]) -> Iterator[dict]:
        """One example for every row that the task keeps; the others are counted by reason."""
        for index, row in enumerate(rows):
            reason = task.drop(row, self.split, self.language)
            if reason:
                self.tally.dropped[reason] += 1
                continue
            try:
                example = task.example(row, index, self.language)
            except MISSHAPEN as problem:
                raise UserError(f"{self.where}, row {index}: {misfit(problem)}") from None
            yield example

    def statistics(self, limit: int | None) -> dict[str, Any]:
        """Of the examples, and how many rows the source has and should have."""
        wanted = [self.expected(one.task.rows) for one in self.loaded]
        counts: dict[str, Any] = {"source_rows": sum(self.sizes)}
        if None not in wanted:
            counts["expected_rows"] = sum(filter(None, wanted))
            mixed = self.loaded[0].task.mixed_with.get(self.language)
            if mixed and wanted == self.sizes:
                counts["mixed_with"] = mixed
                print(f"{self.where}: among its rows are some in {mixed}", flush=True)
        if self.task.candidates:
            counts["candidates"] = len(self.candidates)
        known = {"examples": self.task.kept_rows, "candidates": self.task.candidates}
        for what, expected in known.items():
            if limit is None and (number := self.expected(expected)) is not None:
                counts[f"expected_{what}"] = number
        return self.tally.statistics() | counts


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
            start = tasks.answer_start(example["context"], answer["text"], answer["start"])
        except ValueError as problem:
            raise UserError(f"{where}, id {example['id']!r}: {problem}") from None
        moved += start != answer["start"]
        answer["start"] = start
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
    bad = [v for v in indices if not wellformed.fits(v, int) or not 0 <= v < len(allowed)]
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
    for tag in tags:  # a line of a submission holds one
        if not isinstance(tag, str) or tag.split() != [tag]:
            raise UserError(
                f"{where}, id {example['id']!r}: labels should be text without blanks, got {tag!r}"
            )
    return tags


def check_length(example: dict, where: str) -> None:
    if len(example["tags"]) != len(example["tokens"]):
        raise UserError(
            f"{where}, id {example['id']!r}: "
            f"{len(example['tokens'])} tokens but {len(example['tags'])} labels"
        )
