"""YAML as DVC reads and writes it: the dialect 1.2, by DVC's own library.

In 1.2 `1e-05` is a number, `010` is ten and `1:40` is text. PyYAML reads 1.1, where all three are
something else.
"""

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML, YAMLError
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, SequenceNode

from waystation.base.errors import UserError
from waystation.text_files import read_text


def read_yaml(path: Path) -> Any:
    """The value of a YAML file; a file that is none, or has a key twice, is named with the line."""
    return parse_yaml(read_text(path), str(path))


def parse_yaml(text: str, source: str) -> Any:
    """The same of a text, which errors name as `source`."""
    try:
        return YAML(typ="safe").load(text)
    except MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        where = f"{source}, line {mark.line + 1}" if mark else source
        reason = " ".join(str(problem.problem or problem.context).split())
        raise UserError(f"{where}: {reason}; expected YAML") from None
    except (YAMLError, ValueError, RecursionError, TypeError) as problem:
        raise UserError(f"{source} is not YAML: {' '.join(str(problem).split())}") from None


def line_of(path: Path, key: str) -> int | None:
    """The line of a dotted key, or of as much of the key as the file has."""
    try:  # the parser that knows lines is stricter
        node, line = YAML(typ="safe", pure=True).compose(read_text(path)), None
    except (YAMLError, ValueError, RecursionError):
        return None
    rest = key.replace("[", ".[")
    while rest and node is not None:
        for name, entry in reversed(list(entries(node))):
            if rest == name or rest.startswith(f"{name}."):
                rest, node = rest[len(name) + 1 :], entry[1]
                line = entry[0].start_mark.line + 1
                break
        else:
            break
    return line


def entries(node: Any) -> list[tuple[str, tuple[Any, Any]]]:
    """(name, (node of the key, node of the value)) of what stands in a mapping or a list."""
    if isinstance(node, MappingNode):
        return [(str(key.value), (key, value)) for key, value in node.value]
    if isinstance(node, SequenceNode):
        return [(f"[{number}]", (value, value)) for number, value in enumerate(node.value)]
    return []
