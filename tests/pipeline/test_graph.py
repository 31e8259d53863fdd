"""dvc.yaml says what the code does: parameters, inputs, outputs; all suites share its bytes."""

import ast
import dataclasses
import functools
import itertools
import re

import pytest
import yaml

from tests.conftest import ROOT
from waystation.commands import plan
from waystation.frame.code_digest import PACKAGES
from waystation.params.load import load_settings
from waystation.params.schema import Settings

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


@pytest.mark.parametrize("file", SUITES, ids=lambda file: file.parent.name)
def test_the_default_grid_stays_below_300_stages(file):
    counts = plan.stage_counts(load_settings(file), ROOT / "dvc.yaml")
    assert sum(counts.values()) < 300


def test_pocket_full_takes_every_length_of_its_order():
    """1 is the order's first task alone."""
    loaded = load_settings(ROOT / "suites/pocket-full/params.yaml")
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
    from waystation.grid.recipes import phases

    loaded = load_settings(file)
    for recipe in loaded.all_recipes:
        phases(recipe, loaded)
    assert loaded.report.baseline in loaded.recipes
    assert "random" in loaded.recipes  # every score table shows what shared words alone give


def test_the_full_pocket_suite_has_the_world_and_models_of_the_default_one():
    """Their scores are laid side by side; only the numbers of rows and documents differ."""
    small, full = (
        dataclasses.asdict(load_settings(ROOT / folder / "params.yaml"))
        for folder in (".", "suites/pocket-full")
    )
    for told in (small, full):
        for counted in ("rows", "documents", "translated"):
            told["world"].pop(counted)
    for section in ("world", "models", "tokenizer"):
        assert small[section] == full[section], section


def cells(verb: str, loaded: Settings) -> set[str]:
    """The names of a verb's stages in a suite: the product of what its matrix walks."""
    walked = STAGES[verb].get("matrix", {}).values()
    lists = [list(loaded.at(values.strip("${}"))) for values in walked]
    return {f"{verb}@{'-'.join(item)}" for item in itertools.product(*lists)} if lists else {verb}


# They ran on earlier code, whose parameters had no `stride`, and run again later.
OF_EARLIER_CODE = ("pocket-full", "mirror")
LOCKED = [file for file in SUITES if file.with_name("dvc.lock").is_file()]


@pytest.mark.parametrize(
    "file",
    [file for file in LOCKED if file.parent.name not in OF_EARLIER_CODE],
    ids=lambda file: file.parent.name,
)
def test_the_committed_lock_is_that_of_the_committed_parameters(file):
    """All stages of the grid have run, with the values that the parameters have now."""
    loaded, params = load_settings(file), yaml.safe_load(file.read_text())
    # C: the largest of the files has 60,000 lines.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    locked = yaml.load(file.with_name("dvc.lock").read_text(), loader)["stages"]
    assert locked.keys() == set().union(*(cells(verb, loaded) for verb in STAGES))
    for stage, entry in locked.items():
        for name, values in entry.get("params", {}).items():
            assert name == loaded.file, stage
            for key, value in values.items():
                now = functools.reduce(lambda held, part: held[part], key.split("."), params)
                assert now == value, (stage, key)
        read = STAGES[stage.partition("@")[0]].get("params", [])
        wanted = sum(len(keys) for told in read for keys in told.values())
        assert wanted == sum(map(len, entry.get("params", {}).values())), stage


NINE = {"anli", "mnli", "qqp", "squad_v1", "squad_v2", "hellaswag", "ccg", "cosmos_qa"}
NINE |= {"commonsense_qa"}
TWELVE = {"xnli", "pawsx", "udpos", "panx", "xquad", "mlqa", "tydiqa", "bucc", "tatoeba", "xcopa"}
TWELVE |= {"lareqa", "mewslix"}


def test_the_full_pocket_suite_holds_the_whole_laboratory():
    loaded = load_settings(ROOT / "suites/pocket-full/params.yaml")
    recipes = set(loaded.all_recipes)
    assert recipes >= NINE | {"text"}
    kinds = {"multitask/", "sequential/", "+mlm", "+translated"}
    assert all(any(kind in recipe for recipe in recipes) for kind in kinds)
    assert set(loaded.multitask["all"].tasks) == set(loaded.orders["nine"]) == NINE
    assert loaded.tasks.keys() >= TWELVE
    assert set(loaded.align.tasks) == {"tatoeba", "bucc"}
    assert {"mnli", "mnli_more", "pawsx", "copa", "udpos", "panx", "squad_v1", "tydiqa"} <= {
        target for group in loaded.target.groups.values() for target in group
    }
    assert len(loaded.seeds) == 3
    assert {"pico", "nano"} <= loaded.models.keys()
    assert "nano" in loaded.extra.models
    assert len(set(loaded.recipes) - {"random"}) >= 5  # of the smaller model


def test_the_default_suite_touches_all_five_questions():
    loaded = load_settings(ROOT / "params.yaml")
    assert {"pico", "nano"} <= loaded.models.keys()
    order = next(iter(loaded.orders))
    wanted = {"random", "none", "mnli", "squad_v1", "multitask/all", f"sequential/{order}/2"}
    assert wanted <= set(loaded.recipes)
    targets = {target for group in loaded.target.groups.values() for target in group}
    assert {"mnli", "mnli_more", "squad_v1", "udpos"} <= targets
    assert len(loaded.target.tasks["mnli_more"].languages) == 3
    assert "tatoeba" in loaded.align.tasks
