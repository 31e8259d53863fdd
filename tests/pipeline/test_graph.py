"""dvc.yaml says what the code does: parameters, inputs, outputs; all suites share its bytes."""

import ast
import functools
import itertools
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT, committed
from waystation.frame.code_digest import PACKAGES
from waystation.grid import recipes
from waystation.params.load import load_settings

STAGES = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]
GRAPH = {name: stage for name, stage in STAGES.items() if not name.endswith("_extra")}
DEFAULT, FULL = "params.yaml", "suites/pocket-full/params.yaml"
SUITES = [DEFAULT, *sorted(str(f.relative_to(ROOT)) for f in ROOT.glob("suites/*/params.yaml"))]

each_suite = pytest.mark.parametrize("file", SUITES)


@functools.cache
def at_last_commit(name: str) -> dict[str, Any]:
    """A YAML file of the last commit."""
    # C: the largest of the files has 60,000 lines.
    return yaml.load(committed(name), getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def value(params: dict[str, Any], key: str) -> Any:
    """The value of a dotted key."""
    return functools.reduce(lambda section, name: section[name], key.split("."), params)


def cells(verb: str, stage: dict[str, Any], params: dict[str, Any]) -> set[str]:
    """The names of a verb's stages in a suite: the product of what its matrix walks."""
    walked = stage.get("matrix", {}).values()
    lists = [list(value(params, key.strip("${}"))) for key in walked]
    return {f"{verb}@{'-'.join(item)}" for item in itertools.product(*lists)} if lists else {verb}


def all_cells(params: dict[str, Any]) -> set[str]:
    """The names of all stages of a suite."""
    stages = at_last_commit("dvc.yaml")["stages"].items()
    return set().union(*(cells(verb, stage, params) for verb, stage in stages))


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
    read = [arguments[key] for key in needed]
    if verb == "code":  # it looks for the other package beside the one that is named
        assert set(read) <= set(PACKAGES)
        read = PACKAGES
    assert sorted(GRAPH[verb]["deps"]) == sorted(read)
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


@each_suite
def test_the_default_grid_stays_below_300_stages(file):
    assert len(all_cells(at_last_commit(file))) < 300


def test_pocket_full_takes_every_length_of_its_order():
    """1 is the order's first task alone."""
    full = at_last_commit(FULL)
    order, names = full["orders"]["nine"], full["recipes"] + full["extra"]["recipes"]
    assert order[0] in names
    wanted = {f"sequential/nine/{length}" for length in range(2, len(order) + 1)}
    assert wanted == {name for name in names if name.startswith("sequential/")}


@pytest.mark.parametrize("name", sorted(set(STAGES) - set(GRAPH)))
def test_recipes_of_some_models_run_as_those_of_all(name):
    extra, plain = STAGES[name], STAGES[name.removesuffix("_extra")]
    own = {"matrix": None, "vars": None}
    assert extra | own == plain | own
    if "vars" in plain:  # apart where the recipes leave targets out
        verb = name.removesuffix("_extra")
        assert (plain["vars"], extra["vars"]) == ([{"plans": verb}], [{"plans": name}])
    assert set(extra["matrix"]) == set(plain["matrix"])
    assert extra["matrix"]["recipe"] == "${extra.recipes}"


@each_suite
def test_all_recipes_of_a_suite_are_known(file):
    loaded = load_settings(ROOT / file)
    for recipe in loaded.all_recipes:
        recipes.phases(recipe, loaded)


@each_suite
def test_all_models_of_a_suite_have_the_recipes_that_every_table_shows(file):
    """What gains are measured against, and what shared words alone give."""
    params = at_last_commit(file)
    assert {params["report"]["baseline"], "random"} <= set(params["recipes"])


def test_the_full_pocket_suite_has_the_world_and_models_of_the_default_one():
    """Their scores are laid side by side; only the numbers of rows and documents differ."""
    default, full = at_last_commit(DEFAULT), at_last_commit(FULL)
    assert default["world"].keys() == full["world"].keys()
    for key in default["world"].keys() - {"rows", "documents", "translated"}:
        assert default["world"][key] == full["world"][key], key
    for section in ("models", "tokenizer"):
        assert default[section] == full[section], section


# They ran on earlier code, whose parameters had no `stride`, and run again later.
OF_EARLIER_CODE = ("suites/pocket-full/params.yaml",)
# A run of hours, committed as far as it is.
UNDER_WAY = ("suites/small-full/params.yaml",)


@pytest.mark.parametrize("file", [file for file in SUITES if file not in OF_EARLIER_CODE])
def test_the_committed_lock_is_that_of_the_committed_parameters(file):
    """All stages of the grid have run, or some of a long run, with the parameters' values."""
    params = at_last_commit(file)
    locked = at_last_commit(str(Path(file).with_name("dvc.lock")))["stages"]
    stages = at_last_commit("dvc.yaml")["stages"]
    missing = all_cells(params) - locked.keys()
    assert locked.keys() <= all_cells(params)
    assert not missing or file in UNDER_WAY
    for stage, entry in locked.items():
        for name, values in entry.get("params", {}).items():
            assert name == file, stage
            for key, recorded in values.items():
                assert recorded == value(params, key), (stage, key)
        read = stages[stage.partition("@")[0]].get("params", [])
        wanted = sum(len(keys) for told in read for keys in told.values())
        assert wanted == sum(map(len, entry.get("params", {}).values())), stage


NINE = {"anli", "mnli", "qqp", "squad_v1", "squad_v2", "hellaswag", "ccg", "cosmos_qa"}
NINE |= {"commonsense_qa"}
TWELVE = {"xnli", "pawsx", "udpos", "panx", "xquad", "mlqa", "tydiqa", "bucc", "tatoeba", "xcopa"}
TWELVE |= {"lareqa", "mewslix"}


def test_the_full_pocket_suite_holds_the_whole_laboratory():
    full = at_last_commit(FULL)
    names = {*full["recipes"], *full["extra"]["recipes"]}
    assert names >= NINE | {"text"}
    kinds = {"multitask/", "sequential/", "+mlm", "+translated"}
    assert all(any(kind in name for name in names) for kind in kinds)
    assert set(full["multitask"]["all"]["tasks"]) == set(full["orders"]["nine"]) == NINE
    assert full["tasks"].keys() >= TWELVE
    assert set(full["align"]["tasks"]) == {"tatoeba", "bucc"}
    assert {"mnli", "mnli_more", "pawsx", "copa", "udpos", "panx", "squad_v1", "tydiqa"} <= {
        target for group in full["target"]["groups"].values() for target in group
    }
    assert len(full["seeds"]) == 3
    assert {"pico", "nano"} <= full["models"].keys()
    assert "nano" in full["extra"]["models"]
    assert len(set(full["recipes"]) - {"random"}) >= 5  # of the smaller model


def test_the_default_suite_touches_all_five_questions():
    default = at_last_commit(DEFAULT)
    assert {"pico", "nano"} <= default["models"].keys()
    order, tasks = next(iter(default["orders"].items()))
    length = f"sequential/{order}/{len(tasks)}"
    assert {"random", "none", "squad_v1", "multitask/all", length} <= set(default["recipes"])
    targets = {target for group in default["target"]["groups"].values() for target in group}
    assert {"squad_v1", "copa", "udpos", "udpos_more"} <= targets
    assert len(default["target"]["tasks"]["udpos_more"]["languages"]) == 3
    assert {"mlqa", "xcopa", "udpos"} <= default["tasks"].keys()
    assert "xnli" not in default["tasks"]  # random weights do better there than pretrained ones
    assert "tatoeba" in default["align"]["tasks"]
