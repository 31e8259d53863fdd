"""The modules of this project that a module needs, and digests of what they say.

Three rooms only run a stage and cannot change its result: `base`, `params`, `frame`. They stand in
no digest, nor does what they alone import; a test holds them innocent.
"""

import ast
import hashlib
from functools import cache
from pathlib import Path

from waystation.base.errors import UserError
from waystation.text_files import read_lines

PACKAGES = ("stages", "waystation")
UNDIGESTED = ("waystation.base", "waystation.params", "waystation.frame")


def closure(modules: list[str]) -> set[str]:
    """The digested modules of this project that some modules import, directly or not."""
    reached: set[str] = set()
    waiting = list(modules)
    while waiting:
        module = waiting.pop()
        if module not in reached and is_digested(module):
            reached.add(module)
            waiting += imports(module)
    return reached


def is_digested(module: str) -> bool:
    return ".".join(module.split(".")[:2]) not in UNDIGESTED


@cache
def imports(module: str) -> list[str]:
    """Modules of this project that import statements anywhere in a module name."""
    names = [module.rpartition(".")[0]] if "." in module else []
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.append(node.module)
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return [name for name in names if name.split(".")[0] in PACKAGES and path(name) is not None]


def path(module: str) -> Path | None:
    """The file of a module, if it is one."""
    base = Path(*module.split("."))
    for file in (base.with_suffix(".py"), base / "__init__.py"):
        if file.is_file():
            return file
    return None


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(text_of(module))


def text_of(module: str) -> str:
    file = path(module)
    if file is None:
        raise UserError(f"no module {module} below {', '.join(PACKAGES)}")
    return file.read_text(encoding="utf-8")


def written(modules: list[str]) -> str:
    """The text of the digest file of some entry points."""
    return "".join(f"{module} {digest(module)}\n" for module in sorted(closure(modules)))


@cache
def digest(module: str) -> str:
    """The digest of a module's file."""
    return digest_of(text_of(module))


def digest_of(text: str) -> str:
    """SHA-256 of the syntax tree without docstrings and positions."""
    dump = ast.dump(without_docstrings(ast.parse(text)))
    return hashlib.sha256(dump.encode()).hexdigest()[:16]


def without_docstrings(module: ast.Module) -> ast.Module:
    """The same tree, changed in place."""
    for node in ast.walk(module):
        documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
        if isinstance(node, documented) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:]
    return module


def check(file: Path) -> None:
    """Refuse to run other code than a digest file names: an edit after `code` had written it."""
    written = file.stat().st_mtime
    for _, line in read_lines(file):
        module, _, noted = line.partition(" ")
        source = path(module) if module.split(".")[0] in PACKAGES else None
        # Parsing all modules takes as long as a twentieth of a small stage.
        if source and source.stat().st_mtime >= written and digest(module) != noted:
            raise UserError(f"{source} was edited while the suite ran; run it again")
