"""Mutation testing of the rooms `tasks` and `task_types`: does a wrong parser fail a test?

    python -m tests.mutants [part of a path ...]

A mutant differs from its module in one place. The rooms' tests run on each mutant in a fork that
has the heavy libraries imported; a mutant that fails no test survives and is printed. Not mutated:
facts that a test could only repeat (names in capitals, the fields of FACTS), messages, annotations.
A program of our own: mutmut mutates inside of functions alone, and most of a task's module stands
outside; cosmic-ray starts a process for each mutant, 6 s with the libraries.
"""

import ast
import importlib.util
import itertools
import os
import signal
import sys
import time
from collections.abc import Iterator
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType

ROOT = Path(__file__).resolve().parent.parent
ROOMS, TESTS = ("tasks", "task_types"), ("tests/tasks", "tests/task_types")
FACTS = frozenset(
    "license citation revision languages rows kept_rows candidates language_rows mixed_with "
    "characters obtain any_language".split()
)
LEAST, LIMIT, JOBS = 95.0, 60, 2  # percent of mutants killed; seconds for one; at once
SWAPPED = {
    ast.Eq: ast.NotEq, ast.Lt: ast.LtE, ast.Gt: ast.GtE, ast.In: ast.NotIn, ast.Is: ast.IsNot,
    ast.And: ast.Or, ast.Add: ast.Sub, ast.Mult: ast.Div, ast.Mod: ast.Mult, ast.BitOr: ast.BitAnd,
}  # fmt: skip
SWAPPED |= {new: old for old, new in SWAPPED.items()}
REMOVED = (ast.Assign, ast.AugAssign, ast.Expr, ast.If, ast.For, ast.Raise, ast.Return)
Change = list[tuple]  # (a node or list, field or index, new value)


def changes(tree: ast.Module) -> Iterator[tuple[int, str, Change]]:
    """(line, what is done, change) of every mutant."""
    for node in walk(tree):
        line = getattr(node, "lineno", 0)
        match node:
            case ast.Compare(ops=ops):
                for index, old in enumerate(ops):
                    yield line, "comparison", [(ops, index, SWAPPED[type(old)]())]
            case ast.BoolOp(op=old) | ast.BinOp(op=old) if type(old) in SWAPPED:
                yield line, "operator", [(node, "op", SWAPPED[type(old)]())]
            case ast.Constant(value=bool() | int() | float() | str() as old):
                new = not old if isinstance(old, bool) else old + type(old)(1)
                yield line, f"{old!r} -> {new!r}", [(node, "value", new)]
            case ast.UnaryOp(op=ast.Not()):
                yield line, "no not", [(node, "op", ast.UAdd())]
            case ast.Return(value=ast.expr()):
                yield line, "return None", [(node, "value", ast.Constant(None))]
            case ast.Lambda():
                yield line, "lambda: None", [(node, "body", ast.Constant(None))]
            case ast.Call(keywords=keywords):
                for keyword in keywords:
                    if keyword.arg not in FACTS:
                        left = [one for one in keywords if one is not keyword]
                        yield keyword.lineno, f"no {keyword.arg}=", [(node, "keywords", left)]
            case ast.FunctionDef():
                yield from swaps(node)
        for body in (getattr(node, "body", None), getattr(node, "orelse", None)):
            for index, one in enumerate(body if isinstance(body, list) else ()):
                if isinstance(one, REMOVED) and not is_fact(one) and node is not tree:
                    yield one.lineno, f"no {ast.unparse(one)[:40]!r}", [(body, index, ast.Pass())]


def swaps(function: ast.FunctionDef) -> Iterator[tuple[int, str, Change]]:
    """Two fields of a row exchanged, wherever the function reads them."""
    fields: dict[str, list[ast.Constant]] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Subscript) and isinstance(getattr(node.slice, "value", 0), str):
            fields.setdefault(node.slice.value, []).append(node.slice)
    for one, other in itertools.combinations(fields, 2):
        change = [(node, "value", other) for node in fields[one]]
        change += [(node, "value", one) for node in fields[other]]
        yield function.lineno, f"{function.name}: {one} <-> {other}", change


def walk(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that are mutated."""
    if is_fact(node):
        return
    yield node
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            known = name in ("annotation", "returns", "decorator_list", "exc")
            if isinstance(child, ast.AST) and not known:
                yield from walk(child)


def is_fact(node: ast.AST) -> bool:
    """A table of facts, or a docstring."""
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id.isupper() and node.targets[0].id not in ("TASK", "TYPE")
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    return isinstance(node, ast.keyword) and node.arg in FACTS


def mutants(file: Path) -> Iterator[tuple[str, CodeType]]:
    tree = ast.parse(file.read_text())
    for line, what, change in list(changes(tree)):
        before = [(h, k, h[k] if isinstance(h, list) else getattr(h, k)) for h, k, _ in change]
        put(change)
        code = compile(ast.fix_missing_locations(tree), str(file), "exec")
        put(before)
        yield f"{file.relative_to(ROOT)}:{line}: {what}", code


def put(change: Change) -> None:
    for holder, key, value in change:
        holder.__setitem__(key, value) if isinstance(holder, list) else setattr(holder, key, value)


class Mutated(SourceFileLoader):
    """Finds and loads one module, with other code."""

    code: CodeType

    def get_code(self, fullname):
        return self.code

    def find_spec(self, name, path=None, target=None):
        if name == self.name:
            return importlib.util.spec_from_file_location(name, self.path, loader=self)
        return None


class OwnFirst:
    """Tests with the mutated task's name run before the others."""

    def __init__(self, name: str):
        self.name = name

    def pytest_collection_modifyitems(self, items):
        items.sort(key=lambda item: f"[{self.name}" not in item.nodeid.replace("-", "["))


def start(file: Path, code: CodeType) -> int:
    """Run the tests on a mutant in a fork: exit status 0 if they pass; its process id."""
    if process := os.fork():
        return process
    signal.alarm(LIMIT)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.dup2(1, 2)
    module = ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    loader = Mutated(module, str(file))
    loader.code = code
    sys.meta_path.insert(0, loader)
    import pytest

    options = ["-x", "-q", "-p", "no:cacheprovider", "-m", "not slow and not shared_data"]
    os._exit(int(pytest.main([*options, *TESTS], [OwnFirst(file.stem)])))


def main(wanted: list[str]) -> int:
    import pytest, tokenizers, torch  # noqa: E401, F401 - that the forks have them

    from tests.tasks.rows.stored import CASES, as_stored

    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    torch.set_num_threads(1)
    for key in CASES:
        as_stored(key)
    began, running, survivors, total = time.monotonic(), {}, [], 0
    files = [file for room in ROOMS for file in sorted((ROOT / "waystation" / room).glob("*.py"))]
    whole = [(file, m) for file in files for m in mutants(file)]
    chosen = [(f, m) for f, m in whole if not wanted or any(part in str(f) for part in wanted)]
    for file, (what, code) in [*chosen, *[(None, (None, None))] * JOBS]:
        if len(running) >= JOBS or file is None:
            if running:
                process, status = os.wait()
                mutant = running.pop(process)
                total += 1
                if status == 0:
                    survivors.append(mutant)
                    print(f"survives: {mutant}", flush=True)
        if file is not None:
            running[start(file, code)] = what
    killed = 100 * (total - len(survivors)) / total
    seconds = time.monotonic() - began
    print(f"{total - len(survivors)} of {total} mutants killed, {killed:.1f} % ({seconds:.0f} s)")
    return killed < LEAST


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
