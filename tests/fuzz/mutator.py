"""A seeded mutator: good inputs, made bad in the ways in which files go bad."""

import json
import random
from typing import Any

MARK = b"\xef\xbb\xbf"
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n"
WHOLE = (
    b"",
    b" ",
    b"\n",
    b"[]",
    b"{}",
    b"null",
    b"0",
    b'"a"',
    POINTER,
    b"PK\x03\x04",
    b"\xff\xfea\0",
)
PIECES = (
    MARK, b"\r", b"\r\n", b"\n", b"\0", b"\xff", b"\xc3", b"\t", b" ", b'"', b"{", b"]", b":", b",",
    b"-1", b"1e999", b"NaN", b"-Infinity", b"99999999999999999999", b"1e-05", b"true", b"null",
    b"\xe2\x80\x8b", b"\xcc\x81", b"\xe2\x80\xa8", b"\\ud800", b"---", b"&a", b"*a", b"!!x", b"%",
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2**31, 2**64, 10**30, 0.5, -0.0, 1e308, float("nan"),
    float("inf"), "", " ", "a", "1", "007", "1e-05", "\ufeff", "a\r", "e\u0301", "\u200b", "\u2028",
    "../x", "a/b", [], {}, [None], [[]], {"": None}, ["a", "a"],
)  # fmt: skip


def mutate(good: bytes, draw: random.Random) -> bytes:
    """One to three changes of the bytes or, of JSON, now and then of its values."""
    if draw.random() < 0.04:
        return draw.choice(WHOLE)
    if draw.random() < 0.5:
        try:
            value = json.loads(good)
        except ValueError:
            pass
        else:
            return json.dumps(mutate_value(value, draw), ensure_ascii=draw.random() < 0.5).encode()
    data = good
    for _ in range(draw.randint(1, 3)):
        data = mutate_bytes(data, draw)
    return data


def mutate_bytes(data: bytes, draw: random.Random) -> bytes:
    """A cut, a piece put in, left out, doubled, or one byte changed."""
    first, last = sorted(draw.randint(0, len(data)) for _ in range(2))
    kind = draw.randrange(7)
    if kind == 0:
        return data[:last]
    if kind == 1:
        return data[:first] + data[min(last, first + draw.randint(1, 20)) :]
    if kind == 2:
        return data[:last] + data[first : first + draw.randint(1, 60)] + data[last:]
    if kind == 3 and data:
        position = min(first, len(data) - 1)
        return data[:position] + bytes([draw.randrange(256)]) + data[position + 1 :]
    if kind == 4:
        return mutate_line(data, draw)
    if kind == 5:
        return draw.choice((MARK + data, data.replace(b"\n", b"\r\n"), data + b"\0", data * 2))
    return data[:first] + draw.choice(PIECES) + data[first:]


def mutate_line(data: bytes, draw: random.Random) -> bytes:
    """A line left out, doubled, or exchanged with another."""
    lines = data.splitlines(keepends=True) or [b""]
    one, other = (draw.randrange(len(lines)) for _ in range(2))
    kind = draw.randrange(3)
    if kind == 0:
        del lines[one]
    elif kind == 1:
        lines.insert(other, lines[one])
    else:
        lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)


def mutate_value(value: Any, draw: random.Random) -> Any:
    """The value with something in it changed: a key, an entry, a type."""
    if isinstance(value, dict) and value and draw.random() < 0.9:
        key = draw.choice(list(value))
        kind = draw.randrange(8)
        if kind == 0:
            return {k: v for k, v in value.items() if k != key}
        if kind == 1:
            return value | {f"{key}x": value[key]}
        if kind == 2:
            other = draw.choice(list(value))
            return value | {key: value[other], other: value[key]}
        return value | {key: mutate_value(value[key], draw)}
    if isinstance(value, list) and value and draw.random() < 0.9:
        index = draw.randrange(len(value))
        kind = draw.randrange(6)
        if kind == 0:
            return value[:index] + value[index + 1 :]
        if kind == 1:
            return [*value, value[index]]
        return [*value[:index], mutate_value(value[index], draw), *value[index + 1 :]]
    if isinstance(value, str) and draw.random() < 0.5:
        return mutate_bytes(value.encode(), draw).decode(errors="replace")
    return draw.choice(VALUES)
