"""What has changed in the code since a digest file was written: modules, and what they define.

The text of before comes from git, the last commits of a module's file: the one whose digest is
the one that was noted.
"""

import ast
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

from waystation.frame import code_digest
from waystation.frame.code_digest import (
    closure,
    digest,
    digest_of,
    imports,
    is_digested,
    path,
    without_docstrings,
)

COMMITS = 20  # of a file, looked through for the text of before


@dataclass(frozen=True)
class ModuleChange:
    """A module that has another digest than before, or is new or gone in a closure."""

    module: str
    how: str  # `changed`, `new`, `no longer imported`
    chain: tuple[str, ...] = ()  # of imports, from an entry point to the module
    definitions: tuple[str, ...] | None = None  # None: the text of before is not at hand

    def __str__(self) -> str:
        if self.how != "changed":
            return f"{self.module} {self.how}"
        if self.definitions is None:
            return f"{self.module} changed; git has no text of before"
        return f"{self.module}: {', '.join(self.definitions)}"


def module_changes(before: str, entries: list[str]) -> list[ModuleChange]:
    """Hold a digest file's text against the modules that its entry points now import."""
    noted = dict(line.split() for line in before.splitlines())
    now = closure(entries)
    changes = [ModuleChange(name, "no longer imported") for name in sorted(set(noted) - now)]
    for name in sorted(now):
        if name not in noted:
            changes.append(ModuleChange(name, "new", chain(entries, name)))
        elif digest(name) != noted[name]:
            text = text_of(name, noted[name])
            names = None if text is None else tuple(definition_changes(text, current(name)))
            changes.append(ModuleChange(name, "changed", chain(entries, name), names))
    return changes


def chain(entries: list[str], module: str) -> tuple[str, ...]:
    """The shortest chain of imports to a module from the first entry point that reaches it."""
    for entry in entries:
        chains: dict[str, tuple[str, ...]] = {entry: (entry,)}
        waiting = [entry]
        for name in waiting:  # grows
            for other in imports(name):
                if other not in chains and is_digested(other):
                    chains[other] = (*chains[name], other)
                    waiting.append(other)
        if module in chains:
            return chains[module]
    return ()


@cache
def text_of(module: str, noted: str) -> str | None:
    """A module's text with this digest, if one of its last commits has it."""
    file = cast(Path, path(module)).as_posix()
    for commit in git("log", f"-{COMMITS}", "--format=%H", "--", file).split():
        text = git("show", f"{commit}:./{file}")
        if text and digest_of(text) == noted:
            return text
    return None


def git(*words: str) -> str:
    """What git prints; nothing where it fails or is absent."""
    try:
        return subprocess.run(["git", *words], capture_output=True, text=True).stdout
    except FileNotFoundError:
        return ""


def current(module: str) -> str:
    return code_digest.text_of(module)


def definition_changes(before: str, now: str) -> list[str]:
    """`Rows.score() changed`, `STRIDE new`, `pack() gone` of two texts of a module."""
    old, new = definitions(before), definitions(now)
    changes = [f"{name} gone" for name in old if name not in new]
    for name in new:
        if name not in old:
            changes.append(f"{name} new")
        elif old[name] != new[name]:
            changes.append(f"{name} changed")
    return changes or ["definitions in another order"]


def definitions(text: str) -> dict[str, str]:
    """{what a module defines: its syntax tree}; methods on their own, docstrings left out."""
    found: dict[str, str] = {}

    def note(name: str, node: ast.AST) -> None:
        found[name] = found.get(name, "") + ast.dump(node)

    def visit(body: list[ast.stmt], owner: str) -> None:
        for node in body:
            if isinstance(node, ast.ClassDef):
                visit(node.body, f"{owner}{node.name}.")
                node.body = []
                note(f"class {owner}{node.name}", node)
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                note(f"{owner}{node.name}()", node)
            elif isinstance(node, ast.Import | ast.ImportFrom):
                note("imports", node)
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                note(owner + ", ".join(map(ast.unparse, targets)), node)
            else:
                note(f"{owner}statements", node)

    visit(without_docstrings(ast.parse(text)).body, "")
    return found
