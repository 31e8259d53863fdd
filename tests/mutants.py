"""Mutation testing of the rooms `tasks` and `task_types`: does a wrong parser fail a test?

    python -m tests.mutants [part of a path ...]

A mutant differs from its module in one place. The rooms' tests, collected once, run on each mutant
in a fork; a mutant that fails no test survives and is printed. Not mutated: facts that a test could
only repeat (names in capitals, the fields of FACTS), messages, annotations. A program of our own:
mutmut mutates inside of functions alone, and most of a task's module stands outside; cosmic-ray
starts a process for each mutant, 6 s with the libraries.
"""

import ast
import contextlib
import importlib
import importlib.util
import itertools
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS, TESTS = ("tasks", "task_types"), ("tests/tasks", "tests/task_types")
FACTS = {
    "license", "citation", "revision", "languages", "rows", "kept_rows", "candidates",
    "language_rows", "mixed_with", "characters", "obtain", "any_language",
}  # fmt: skip
LEAST, LIMIT, JOBS = 95.0, 60, 2  # percent of mutants killed; seconds for each; at once
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


def install(file: Path, code: CodeType) -> None:
    """Have a module be its mutant, and everything in its room that may have read it read anew."""
    room = importlib.import_module(f"waystation.{file.parent.name}")
    for name in [name for name in sys.modules if name.startswith(f"{room.__name__}.")]:
        del sys.modules[name]
        vars(room).pop(name.rpartition(".")[2], None)
    module: ModuleType = room
    if file.stem != "__init__":
        name = f"{room.__name__}.{file.stem}"
        module = importlib.util.module_from_spec(importlib.util.spec_from_file_location(name, file))
        sys.modules[name] = module
    exec(code, vars(module))
    if module is not room:
        setattr(room, file.stem, module)


class Runner:
    """A plugin that runs the collected tests on each mutant instead of running them once."""

    def __init__(self, wanted: list[str]):
        files = [f for room in ROOMS for f in sorted((ROOT / "waystation" / room).glob("*.py"))]
        self.files = [f for f in files if not wanted or any(one in str(f) for one in wanted)]
        self.survivors: list[str] = []
        self.total = 0

    def pytest_runtestloop(self, session) -> bool:
        if self.failing(session, None, None):
            raise SystemExit("a test fails without any mutant")
        running: dict[int, str] = {}
        for file in self.files:
            for what, code in mutants(file):
                if len(running) >= JOBS:
                    self.reap(running)
                self.total += 1
                running[self.start(session, file, code)] = what
        while running:
            self.reap(running)
        return True

    def reap(self, running: dict[int, str]) -> None:
        process, status = os.wait()
        mutant = running.pop(process)
        if status == 0:
            self.survivors.append(mutant)
            print(f"survives: {mutant}", file=sys.__stdout__, flush=True)

    def failing(self, session, file: Path | None, code: CodeType | None) -> bool:
        process = self.start(session, file, code)
        return os.waitpid(process, 0)[1] != 0

    def start(self, session, file: Path | None, code: CodeType | None) -> int:
        """The process of a fork that ends with status 0 if all tests pass."""
        if process := os.fork():
            return process
        signal.alarm(LIMIT)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        try:
            if file and code:
                install(file, code)
            own = f"[{file.stem if file else ''}"
            for item in sorted(session.items, key=lambda one: own not in one.name):
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
                if session.testsfailed:
                    os._exit(1)
        except BaseException:
            os._exit(1)
        os._exit(0)


def main(wanted: list[str]) -> int:
    began, runner = time.monotonic(), Runner(wanted)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    options = ["-s", "-p", "no:cacheprovider", "-m", "not slow and not shared_data"]
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        pytest.main([*options, *TESTS], [runner])
    killed, seconds = runner.total - len(runner.survivors), time.monotonic() - began
    share = 100 * killed / runner.total
    print(f"{killed} of {runner.total} mutants killed, {share:.1f} % ({seconds:.0f} s)")
    return share < LEAST


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
