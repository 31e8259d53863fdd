"""One module a kind of task: what its examples are, what is right, its files and its costs.

`load(name)` is the only way in. A module defines `TYPE`, a record of the class below; the docstring
says what an example and a prediction are. What a model does with them stands in `waystation.heads`.
Nothing here needs a model, so that plans, gold files and scores start without torch.
"""

import importlib
import json
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol

from waystation.base.errors import UserError, choose
from waystation.data.examples import Description


class Candidates(Protocol):
    """What the gold asks of the candidates that examples share (waystation.data.candidates)."""

    def relevant(self, example: dict) -> list[str]: ...


def missing(*_: object) -> NoReturn:
    raise TypeError("this kind of task has no such function")


def as_is(value: Any, labels: tuple[str, ...]) -> Any:
    return value


def one_feature(tokens: float, max_tokens: int, stride: int) -> int:
    return 1


def cut(tokens: float, max_tokens: int) -> float:
    return min(tokens, max_tokens)


@dataclass(frozen=True, kw_only=True)
class TaskType:
    """What all tasks of a kind have in common."""

    # (examples, their candidates if they share a pool) -> what each prediction is scored against
    gold: Callable[[list[dict], Candidates | None], list] = missing
    # (prediction or gold, names of the labels) -> the same as metrics and submissions read it
    named: Callable[[Any, tuple[str, ...]], Any] = as_is

    # XTREME's submission format: files test-<language>.<extension>.
    extension: str = "tsv"
    # (task, examples, predictions or gold) -> lines of a file
    submission_lines: Callable[[Description, list[dict], list], list[str]] = missing
    # (examples) -> lines of a gold file, where its layout is another one
    gold_layout: Callable[[list[dict]], list[str]] | None = None

    # What `plan` counts with, lengths in tokens.
    # (of an example, at most, from a window to the next) -> features that a training has of it
    features: Callable[[float, int, int], int] = one_feature
    # (of an example, at most) -> what a forward pass over it reads
    tokens_read: Callable[[float, int], float] = cut
    further_test_passes: int = 0  # that a chosen model makes over the test rows

    aligned_splits: tuple[str, ...] = ("test",)  # that the alignment of an encoder reads

    def gold_lines(
        self, task: Description, examples: list[dict], candidates: Candidates | None
    ) -> list[str]:
        """The lines of a gold file."""
        if self.gold_layout:
            return self.gold_layout(examples)
        values = [self.named(value, task.labels) for value in self.gold(examples, candidates)]
        return self.submission_lines(task, examples, values)


def load(name: str) -> TaskType:
    """The record of a kind of task; UserError names the allowed ones."""
    names = sorted(entry.name for entry in pkgutil.iter_modules(__path__))
    return importlib.import_module(f"waystation.task_types.{choose(name, names, 'task type')}").TYPE


def labels(examples: list[dict], candidates: Candidates | None) -> list[int]:
    """The gold of kinds whose examples have a label."""
    return [example["label"] for example in examples]


def json_by_id(task: Description, examples: list[dict], values: Sequence) -> list[str]:
    """The lines of a file {id: value}, in ASCII: the evaluator reads in its user's encoding."""
    ids = [example["id"] for example in examples]
    by_id = dict(zip(ids, values, strict=True))
    if len(by_id) < len(ids):
        twice = next(name for name in ids if ids.count(name) > 1)
        raise UserError(f"task {task.name!r}: the id {twice!r} stands twice; it must name one row")
    return [json.dumps(by_id, indent=1)]
