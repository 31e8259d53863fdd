"""The rooms of the house: one-way layers, and rooms that cannot change a result."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from waystation.frame import code_digest

# From top to bottom; a room imports only rooms of lower lines.
LAYERS = """
__main__
stages commands
review
frame
studies
report runner
training inference transferability
evaluation
task_model
heads
alignment
xtreme world grid
task_types
fetched
encoder data
hub
tasks metrics
params
files text_files result_archives languages language_codes comparison
base
"""
RANK = {room: -number for number, line in enumerate(LAYERS.split("\n")) for room in line.split()}
# Named by keys of the parameters, by metrics or by what they draw: their names may be others' too.
BY_KEY = ("tasks", "metrics", "task_types", "heads", "figures", "releases", "stages", "commands")
NO_TORCH = ("report", "runner", "grid", "xtreme", "task_types", "tasks", "metrics", "params")
MOST_MODULES, MOST_LINES = 14, 350


def modules() -> list[str]:
    """All modules of the project, dotted."""
    names = []
    for package in code_digest.PACKAGES:
        for file in sorted(ROOT.glob(f"{package}/**/*.py")):
            parts = file.relative_to(ROOT).with_suffix("").parts
            names.append(".".join(parts).removesuffix(".__init__"))
    return names


def room(module: str) -> str:
    """`report` of `waystation.report.tables`; all verbs are the room `stages`."""
    first, _, rest = module.partition(".")
    return rest.partition(".")[0] if first == "waystation" else first


@pytest.fixture(autouse=True)
def _at_root(monkeypatch):
    monkeypatch.chdir(ROOT)


@pytest.mark.parametrize("module", [m for m in modules() if room(m)])
def test_a_room_imports_only_lower_rooms(module):
    for other in code_digest.imports(module):
        if room(other) and room(other) != room(module):
            told = f"{module} (room {room(module)}) imports {other} (room {room(other)})"
            assert RANK[room(other)] < RANK[room(module)], told


def test_no_stage_imports_another():
    for module in modules():
        if room(module) == "stages" and module != "stages":
            others = {name for name in code_digest.imports(module) if room(name) == "stages"}
            assert others <= {"stages"}, module


@pytest.mark.parametrize(
    "package", sorted({m for m in modules() if code_digest.path(m).name == "__init__.py"})
)
def test_every_room_says_what_it_is_and_is_not_crowded(package):
    folder = code_digest.path(package).parent
    if package not in code_digest.PACKAGES:
        assert ast.get_docstring(code_digest.tree(package)), f"{package} says nothing of itself"
    files = [file for file in folder.glob("*.py") if file.name != "__init__.py"]
    if package not in ("waystation.tasks", "stages"):
        assert len(files) <= MOST_MODULES, f"{package} has {len(files)} modules"
    for file in files:
        assert len(file.read_text().splitlines()) <= MOST_LINES, file


def test_no_two_modules_have_one_name():
    seen: dict[str, str] = {}
    for module in modules():
        *home, name = module.split(".")
        if set(home) & {*BY_KEY} or code_digest.path(module).name == "__init__.py":
            continue
        assert seen.setdefault(name, module) == module
        assert name not in sys.stdlib_module_names, f"{module} has a name of the standard library"


@pytest.mark.parametrize(
    "name",
    ["report", "grid", "xtreme", "tasks", "task_types", "metrics", "params", "frame", "runner"],
)
def test_rooms_without_models_need_no_torch(name):
    """Scoring, planning and reporting need no model."""
    optional = ("slurm_jobs", "ray_jobs")  # packages that not everybody has
    names = [m for m in modules() if room(m) == name and not m.endswith(optional)]
    script = f"import sys, {', '.join(names)}; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.strip() == "False", done.stderr


def undigested() -> list[str]:
    return [module for module in modules() if room(module) and not code_digest.is_digested(module)]


@pytest.mark.parametrize("module", undigested())
def test_what_is_in_no_digest_makes_no_numbers(module):
    """The rooms that only run a stage have no part in its result."""
    for node in ast.walk(code_digest.tree(module)):
        if isinstance(node, ast.Import):
            named = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            named = [node.module]
        else:
            continue
        for name in named:
            assert name.split(".")[0] not in ("numpy", "torch", "datasets", "random"), (
                module,
                name,
            )


def test_no_default_of_a_parameter_shapes_a_result():
    """What a params.yaml leaves out is absent or empty: values stand where DVC sees them."""
    for node in ast.walk(code_digest.tree("waystation.params.schema")):
        if isinstance(node, ast.ClassDef):
            for line in node.body:
                if isinstance(line, ast.AnnAssign) and line.value is not None:
                    default = ast.unparse(line.value)
                    allowed = ("None", "()", "field(default_factory=dict)")
                    assert default in allowed, f"{node.name}.{line.target.id} = {default}"


def test_nothing_is_patched_into_an_environment():
    """No line of ours runs in anybody's Python at its start."""
    for file in [*ROOT.glob("waystation/**/*.py"), *ROOT.glob("stages/*.py"), Path("Makefile")]:
        assert not re.search(r"\.pth\b|sitecustomize", file.read_text()), file
