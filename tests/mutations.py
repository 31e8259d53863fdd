"""Every mutant of a module: its code with one thing wrong.

Two fields of a row exchanged or read twice, other comparisons, operators, constants and returned
values, a statement or an argument left out. Not mutated: facts that a test could only repeat (names
in capitals, the fields of FACTS), messages, annotations.
"""

import ast
import itertools
from collections.abc import Iterator
from pathlib import Path
from types import CodeType

FACTS = {
    "license", "citation", "revision", "languages", "rows", "kept_rows", "candidates",
    "language_rows", "mixed_with", "characters", "obtain", "any_language",
}  # fmt: skip
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
    """Two fields of a row exchanged, or the first also in the other's stead."""
    fields: dict[str, list[ast.Constant]] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Subscript) and isinstance(getattr(node.slice, "value", 0), str):
            fields.setdefault(node.slice.value, []).append(node.slice)
    for one, other in itertools.permutations(fields, 2):
        twice: Change = [(node, "value", one) for node in fields[other]]
        yield function.lineno, f"{function.name}: {one} for {other}", twice
        if one < other:
            swap = twice + [(node, "value", other) for node in fields[one]]
            yield function.lineno, f"{function.name}: {one} <-> {other}", swap


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
        yield f"{file.parent.name}/{file.name}:{line}: {what}", code


def put(change: Change) -> None:
    for holder, key, value in change:
        holder.__setitem__(key, value) if isinstance(holder, list) else setattr(holder, key, value)
