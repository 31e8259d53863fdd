"""From values as YAML and JSON give them to typed, frozen records.

What is unknown, missing or of the wrong type is an error that names the place and what is allowed.
"""

import dataclasses
import math
import re
import types
import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from waystation.base.errors import UserError


@dataclass(frozen=True)
class Allowed:
    """What values of a type are allowed, in words and as a test."""

    words: str
    test: Callable[[Any], object]


def one_of(*names: str) -> Allowed:
    return Allowed(", ".join(names), lambda value: value in names)


MOST_SEED = 2**32 - 1  # of numpy's generators
MOST = 10**9  # what is beyond is a slip: no suite has so many of anything
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")  # DVC takes dots, slashes, signs for its own

Count = Annotated[int, Allowed("1 to 10**9", lambda value: 1 <= value <= MOST)]
Whole = Annotated[int, Allowed("0 to 10**9", lambda value: 0 <= value <= MOST)]
Threads = Annotated[int, Allowed("1 to 1024", lambda value: 1 <= value <= 1024)]
# More than any encoder has: no machine could hold it.
Size = Annotated[int, Allowed("1 to 2**24", lambda value: 1 <= value <= 2**24)]
Depth = Annotated[int, Allowed("1 to 1000", lambda value: 1 <= value <= 1000)]
Seed = Annotated[int, Allowed(f"0 to {MOST_SEED}", lambda value: 0 <= value <= MOST_SEED)]
Name = Annotated[str, Allowed("letters, digits, - and _, at most 100 of them", NAME.fullmatch)]
Positive = Annotated[float, Allowed("above 0", lambda value: value > 0)]
Small = Annotated[float, Allowed("above 0, at most 1", lambda value: 0 < value <= 1)]
Epochs = Annotated[float, Allowed("above 0, at most 10**6", lambda value: 0 < value <= 10**6)]
NotNegative = Annotated[float, Allowed("0 or more", lambda value: value >= 0)]
Share = Annotated[float, Allowed("0 to 1", lambda value: 0 <= value <= 1)]
BelowOne = Annotated[float, Allowed("0 to below 1", lambda value: 0 <= value < 1)]
Some = Allowed("at least one", len)


def build(kind: type, value: Any, where: str) -> Any:
    """Check `value` (as YAML gives it) against a type and return it typed and frozen."""
    origin = typing.get_origin(kind)
    if kind is Any:
        return value
    if origin is Annotated:
        inner, rule = typing.get_args(kind)
        built = build(inner, value, where)
        if not rule.test(built):
            raise UserError(f"{where}: allowed: {rule.words}, got {value!r}")
        return built
    if origin in (types.UnionType, typing.Union):
        return _build_union(typing.get_args(kind), value, where)
    if dataclasses.is_dataclass(kind):
        return _build_dataclass(kind, value, where)
    if origin is tuple:
        _expect(value, list | tuple, "a list", where)
        inner = typing.get_args(kind)[0]
        built = tuple(build(inner, entry, f"{where}[{i}]") for i, entry in enumerate(value))
        names = typing.get_origin(inner) is not None or inner in (str, int, float)
        if names and len(set(built)) != len(built):
            raise UserError(f"{where}: a value stands twice in {list(built)}")
        return built
    if origin is dict:
        value = {} if value is None else value
        _expect(value, dict, "a mapping", where)
        names, inner = typing.get_args(kind)
        return {
            build(names, key, f"{where}.{key}"): build(inner, entry, f"{where}.{key}")
            for key, entry in value.items()
        }
    if kind is float and isinstance(value, int | float) and not isinstance(value, bool):
        return _finite(value, where)
    if kind is not bool and isinstance(value, bool):
        _expect(value, (), kind.__name__, where)
    _expect(value, kind, kind.__name__, where)
    return value


def _build_union(kinds: tuple[type, ...], value: Any, where: str) -> Any:
    """An optional value, or the one of several dataclasses that has most of the value's keys."""
    if type(None) in kinds:
        return None if value is None else build(kinds[0], value, where)
    value = {} if value is None else value
    _expect(value, dict, "a mapping", where)
    known = lambda kind: sum(field.name in value for field in dataclasses.fields(kind))
    return build(max(kinds, key=known), value, where)


def _build_dataclass(kind: type, value: Any, where: str) -> Any:
    value = {} if value is None else value
    _expect(value, dict, "a mapping", where)
    hints = typing.get_type_hints(kind, include_extras=True)
    fields = {f.name: f for f in dataclasses.fields(kind)}
    colon = "." if ": " in where else ": "
    for key in value:
        if key not in fields:
            raise UserError(f"{where}: unknown key {key!r}; allowed: {', '.join(fields)}")
    missing = (dataclasses.MISSING,) * 2
    needed = [n for n, entry in fields.items() if (entry.default, entry.default_factory) == missing]
    for name in needed:
        if name not in value:
            raise UserError(f"{where}: missing key {name!r}; needed: {', '.join(needed)}")
    built = {key: build(hints[key], raw, f"{where}{colon}{key}") for key, raw in value.items()}
    return kind(**built)


def _finite(value: int | float, where: str) -> float:
    try:
        built = float(value)
    except OverflowError:
        built = math.inf
    if not math.isfinite(built):
        raise UserError(f"{where}: expected a finite number, got {value!r:.40}")
    return built


def _expect(value: Any, kind: Any, name: str, where: str) -> None:
    if not isinstance(value, kind):
        got = f"{type(value).__name__} {value!r:.80}"
        raise UserError(f"{where}: expected {name}, got {got}")
