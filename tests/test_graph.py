"""dvc.yaml says what the code does: parameters, inputs, outputs; all suites share its bytes."""

import ast
import dataclasses
import re

import pytest
import yaml

from stages import plan, settings
from tests.conftest import ROOT

STAGES = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]
GRAPH = {name: stage for name, stage in STAGES.items() if not name.endswith("_extra")}
SUITES = [ROOT / "params.yaml", *sorted(ROOT.glob("suites/*/params.yaml"))]


def declared(verb: str) -> dict[str, list[str]]:
    """The keyword arguments of the call of `stage(...)` in a stage's main."""
    tree = ast.parse((ROOT / "stages" / f"{verb}.py").read_text())
    call = next(
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "stage"
    )
    return {keyword.arg: ast.literal_eval(keyword.value) for keyword in call.keywords}


def options(command: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+) (\S+)", command))


@pytest.mark.parametrize("verb", GRAPH)
def test_parameters_are_those_that_the_stage_reads(verb):
    told = [key for entry in GRAPH[verb].get("params", []) for key in entry["${file}"]]
    read = [re.sub(r"\{(\w+)\}", r"${item.\1}", key) for key in declared(verb).get("params", [])]
    assert sorted(told) == sorted(read)


@pytest.mark.parametrize("verb", GRAPH)
def test_dependencies_and_outputs_are_those_of_the_command(verb):
    given, arguments = declared(verb), options(GRAPH[verb]["cmd"])
    made = [next(iter(o)) if isinstance(o, dict) else o for o in GRAPH[verb].get("outs", [])]
    made += [next(iter(o)) for o in GRAPH[verb].get("metrics", [])]
    assert sorted(made) == sorted(arguments[key] for key in given["outputs"])
    # What a plan names with checksums is no dependency of its own: the plan is.
    needed = [*given.get("inputs", [])]
    needed += [] if "plan" in needed else given.get("planned", [])
    assert sorted(GRAPH[verb]["deps"]) == sorted(arguments[key] for key in needed)
    kinds = ("inputs", "planned", "outputs", "options", "records")
    named = [key for kind in kinds for key in given.get(kind, [])]
    assert set(arguments) == {"params", *named}


@pytest.mark.parametrize("verb", [v for v in GRAPH if v != "code"])
def test_every_stage_depends_on_one_code_digest(verb):
    assert sum(dep.startswith("data/${suite}/code/") for dep in GRAPH[verb]["deps"]) == 1


@pytest.mark.parametrize("verb", GRAPH)
def test_results_of_cells_are_cached_and_summaries_are_in_git(verb):
    uncached = [
        o for key in ("outs", "metrics") for o in GRAPH[verb].get(key, []) if type(o) is dict
    ]
    assert bool(uncached) == (verb == "report")


def test_every_suite_has_the_same_graph():
    for file in ROOT.glob("suites/*/dvc.yaml"):
        assert not file.is_symlink()
        assert file.read_bytes() == (ROOT / "dvc.yaml").read_bytes(), file


@pytest.mark.parametrize("file", SUITES, ids=lambda file: file.parent.name)
def test_the_default_grid_stays_below_300_stages(file):
    counts = plan.stage_counts(settings.load(file), ROOT / "dvc.yaml")
    assert sum(counts.values()) < 300


def test_pocket_full_takes_every_length_of_its_order():
    """1 is the order's first task alone."""
    loaded = settings.load(ROOT / "suites/pocket-full/params.yaml")
    order = loaded.orders["nine"]
    recipes = loaded.recipes + loaded.extra.recipes
    assert order[0] in recipes
    wanted = {f"sequential/nine/{length}" for length in range(2, len(order) + 1)}
    assert wanted == {recipe for recipe in recipes if recipe.startswith("sequential/")}


@pytest.mark.parametrize("name", sorted(set(STAGES) - set(GRAPH)))
def test_recipes_of_some_models_run_as_those_of_all(name):
    extra, plain = STAGES[name], STAGES[name.removesuffix("_extra")]
    assert extra | {"matrix": None} == plain | {"matrix": None}
    assert set(extra["matrix"]) == set(plain["matrix"])
    assert extra["matrix"]["recipe"] == "${extra.recipes}"


@pytest.mark.parametrize("file", SUITES, ids=lambda file: file.parent.name)
def test_all_recipes_of_a_suite_are_known(file):
    from stages import recipes

    loaded = settings.load(file)
    for recipe in loaded.all_recipes:
        recipes.phases(recipe, loaded)
    assert loaded.report.baseline in loaded.recipes
    assert "random" in loaded.recipes  # every score table shows what shared words alone give


def test_the_full_pocket_suite_has_the_world_and_models_of_the_default_one():
    """README lays their scores side by side; only the numbers of rows and documents differ."""
    small, full = (
        dataclasses.asdict(settings.load(ROOT / folder / "params.yaml"))
        for folder in (".", "suites/pocket-full")
    )
    for told in (small, full):
        for counted in ("rows", "documents", "translated"):
            told["world"].pop(counted)
    for section in ("world", "models", "tokenizer"):
        assert small[section] == full[section], section
