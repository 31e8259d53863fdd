"""One module a kind of task: what its examples are, its submission files, what it costs.

`load(name)` is the only way in. A module defines `TYPE`, a record of the class below; the docstring
says what an example and a prediction are. What a model does with them stands in `waystation.heads`.
Nothing here needs a model: plans and gold files start without torch, and an edit here trains
nothing again.
"""

import importlib
import json
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NoReturn

from waystation.base.errors import UserError, choose
from waystation.data.examples import Description

Relevant = Callable[[dict], list[str]]  # example -> keys of its relevant candidates in a pool


def missing(*_: object) -> NoReturn:
    raise TypeError("this kind of task has no such function")


def one_feature(tokens: float, max_tokens: int, stride: int) -> int:
    return 1


def cut(tokens: float, max_tokens: int) -> float:
    return min(tokens, max_tokens)


@dataclass(frozen=True, kw_only=True)
class TaskType:
    """What all tasks of a kind have in common."""

    # XTREME's submission format: files test-<language>.<extension>.
    extension: str = "tsv"
    # (task, examples, predictions) -> lines of a file; tags by name
    submission_lines: Callable[[Description, list[dict], list], list[str]] = missing
    # (task, examples, what is relevant to an example in a pool) -> lines of a gold file
    gold_lines: Callable[[Description, list[dict], Relevant], list[str]] = missing

    # What `plan` counts with, lengths in tokens.
    # (of an example, at most, from a window to the next) -> features that a training has of it
    features: Callable[[float, int, int], int] = one_feature
    # (of an example, at most) -> what a forward pass over it reads
    tokens_read: Callable[[float, int], float] = cut
    further_test_passes: int = 0  # that a chosen model makes over the test rows

    aligned_splits: tuple[str, ...] = ("test",)  # that the alignment of an encoder reads


def load(name: str) -> TaskType:
    """The record of a kind of task; UserError names the allowed ones."""
    names = sorted(entry.name for entry in pkgutil.iter_modules(__path__))
    return importlib.import_module(f"waystation.task_types.{choose(name, names, 'task type')}").TYPE


def json_by_id(task: Description, examples: list[dict], values: Sequence) -> list[str]:
    """The lines of a file {id: value}, in ASCII: the evaluator reads in its user's encoding."""
    ids = [example["id"] for example in examples]
    by_id = dict(zip(ids, values, strict=True))
    if len(by_id) < len(ids):
        twice = next(name for name in ids if ids.count(name) > 1)
        raise UserError(f"task {task.name!r}: the id {twice!r} stands twice; it must name one row")
    return [json.dumps(by_id, indent=1)]
