"""Recipes: names to phases, and the files that cells depend on."""

import dataclasses
import re
from types import SimpleNamespace

import pytest

from tests.conftest import ROOT
from waystation.base.errors import UserError
from waystation.data import examples
from waystation.data.examples import Description, with_labels_of
from waystation.files import write_json
from waystation.frame import plan_file
from waystation.grid import plans, recipes
from waystation.params.load import load_settings
from waystation.params.schema import TaskLimits


@pytest.fixture(scope="module")
def loaded():
    return load_settings(ROOT / "params.yaml")


@pytest.fixture
def tasks(tmp_path, loaded):
    return written(tmp_path, loaded.tasks, ("en", "qda", "qdc"))


def written(folder, names, languages):
    """A row of every task, split and language in a folder as `download` writes it."""
    from waystation import tasks

    for name in names:
        module = tasks.load(name)
        for split in module.SPLITS:
            for code in languages:
                examples.write(examples.path(folder / name, split, code), [{"id": code}])
        told = {"name": name, "type": module.TYPE, "metrics": [], "labels": []}
        told |= {"chance_percent": None, "trained_on": module.TRAINED_ON, "pool": None}
        write_json(folder / name / "task.json", told)
    return folder


def test_phases(loaded):
    tasks = lambda name: [phase["tasks"] for phase in recipes.phases(name, loaded)]
    assert tasks("none") == tasks("random") == []
    assert tasks("ccg") == [["ccg"]]
    assert tasks("multitask/all") == [["mnli", "squad_v1", "ccg"]]
    assert tasks("sequential/mnli_squad/2") == [["mnli"], ["squad_v1"]]


def test_what_is_mixed_in_brings_its_rows(loaded, tasks):
    plan = plans.recipe("mnli+mlm", loaded, tasks)
    assert plan["phases"][0]["rows"] == {
        "mnli": [["mnli", "en"]],
        "text": [["text", "en"], ["text", "qda"], ["text", "qdc"]],
    }
    assert plan["phases"][0]["settings"]["text"]["share"] == loaded.intermediate.mlm.share
    plan = plans.recipe("mnli+translated", loaded, tasks)
    assert {"mnli/train/en.jsonl", "mnli_translated/train/qda.jsonl"} <= set(plan["files"])
    rows = plan["phases"][0]["rows"]["mnli"]
    assert rows[0] == ["mnli", "en"]
    assert ["mnli_translated", "qdc"] in rows


def test_masked_language_modelling_is_a_task_of_all_languages_without_development_rows(
    loaded, tasks
):
    own = {"train_examples": 2, "epochs": 1, "batch_size": 8, "max_tokens": 64}
    chosen = dataclasses.replace(
        loaded.intermediate, tasks=loaded.intermediate.tasks | {"text": own}
    )
    orders = {"back": ("ccg", "text")}
    more = dataclasses.replace(loaded, intermediate=chosen, orders=orders)
    plan = plans.recipe("text", more, tasks)
    every = [["text", "en"], ["text", "qda"], ["text", "qdc"]]
    assert plan["phases"][0]["rows"] == {"text": every}
    assert plan["phases"][0]["settings"]["text"]["batch_size"] == 8
    trained = {f"text/train/{code}.jsonl" for code in ("en", "qda", "qdc")}
    assert set(plan["files"]) == trained | {"text/task.json"}
    last = plans.recipe("sequential/back/2", more, tasks)["phases"][1]
    assert last["rows"] == {"text": every}
    for wrong in ("text+mlm", "text+translated"):
        with pytest.raises(UserError, match=f"unknown recipe '{re.escape(wrong)}'"):
            recipes.phases(wrong, more)


def test_translated_rows_must_be_in_the_suite(loaded, tasks):
    with pytest.raises(UserError, match=r"unknown task .*'ccg_translated'; allowed: text, mnli"):
        plans.recipe("ccg+translated", loaded, tasks)


def test_the_first_task_of_a_sequence_is_the_single_recipe(loaded):
    single = recipes.phases("mnli", loaded)
    assert recipes.phases("sequential/mnli_squad/1", loaded) == single
    assert recipes.phases("sequential/mnli_squad/2", loaded)[:1] == single


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("mnly", r"unknown recipe 'mnly'; allowed: none, random, mnli, squad_v1, ccg, mnli\+mlm"),
        ("multitask/qa", r"unknown multitask set 'qa'; allowed: all"),
        ("sequential/x/1", r"unknown order 'x'; allowed: mnli_squad"),
        ("sequential/mnli_squad/3", r"order 'mnli_squad' has 2 tasks; allowed: .*/1 to .*/2"),
        ("sequential/mnli_squad", r"allowed: sequential/mnli_squad/1"),
    ],
)
def test_unknown_recipes_name_the_allowed(loaded, name, message):
    with pytest.raises(UserError, match=message):
        recipes.phases(name, loaded)


def test_a_target_reads_english_rows_only(loaded, tasks):
    files = plans.target("udpos", loaded, tasks)["files"]
    assert set(files) == {"udpos/train/en.jsonl", "udpos/validation/en.jsonl", "udpos/task.json"}


def test_a_target_in_more_languages_reads_translated_rows(loaded, tasks):
    plan = plans.target("mnli_more", loaded, tasks)
    more = [["mnli_translated", "qda"], ["mnli_translated", "qdc"]]
    assert plan["rows"] == [["mnli", "en"], *more]
    assert plan["task"] == "mnli"
    assert "mnli_translated/train/qdc.jsonl" in plan["files"]
    assert plans.evaluation("mnli_more", loaded, tasks)["tasks"] == ["xnli"]


def test_a_target_may_serve_the_tests_of_another_task(loaded, tasks):
    """As PAN-X's training rows of XTREME-R's languages serve XTREME's tests."""
    own = {"task": "mnli_translated", "serves": "mnli"}
    target = dataclasses.replace(loaded.target, tasks={"other": own})
    other = dataclasses.replace(loaded, target=target)
    plan = plans.evaluation("other", other, tasks)
    assert (plan["task"], plan["tasks"]) == ("mnli_translated", ["xnli"])
    alone = dataclasses.replace(target, tasks={"other": {"task": "mnli_translated"}})
    with pytest.raises(UserError, match="target 'other' serves none of the tasks"):
        plans.evaluation("other", dataclasses.replace(loaded, target=alone), tasks)


@pytest.mark.parametrize(
    ("task", "serves", "code", "read", "tests"),
    [
        ("panx_r", "panx", "pl", "panx_r", {"panx", "panx_r"}),
        ("udpos_r", "udpos", "lt", "udpos_r", {"udpos", "udpos_r"}),
        (
            "squad_v1_xtreme",
            "squad_v1",
            "el",
            "squad_v1_xtreme_translated",
            {"xquad", "xquad_r", "mlqa", "tatoeba_r"},
        ),
    ],
)
def test_languages_of_other_versions_are_trained_for_xtreme_s_tests(
    tmp_path, task, serves, code, read, tests
):
    """As suites/xtreme/params.yaml says."""
    xtreme = load_settings(ROOT / "suites/xtreme/params.yaml")
    more = {"squad_v1_xtreme": TaskLimits(), "squad_v1_xtreme_translated": TaskLimits()}
    own = {"task": task, "serves": serves, "languages": ["en", code]}
    other = dataclasses.replace(
        xtreme,
        tasks=xtreme.tasks | more,
        target=dataclasses.replace(xtreme.target, tasks={"more": own}),
    )
    folder = written(tmp_path, other.tasks, ("en", code))
    assert plans.target("more", other, folder)["rows"] == [[task, "en"], [read, code]]
    assert set(plans.evaluation("more", other, folder)["tasks"]) == tests


def test_a_target_in_more_languages_reads_its_own_rows_where_nothing_is_translated(loaded, tasks):
    own = {"languages": ["en", "qdc"]}
    target = dataclasses.replace(loaded.target, tasks={"udpos": own})
    plan = plans.target("udpos", dataclasses.replace(loaded, target=target), tasks)
    assert plan["rows"] == [["udpos", "en"], ["udpos", "qdc"]]


def test_an_evaluation_reads_all_languages_of_the_tasks_that_a_target_serves(loaded, tasks):
    plan = plans.evaluation("squad_v1", loaded, tasks)
    assert plan["tasks"] == ["xquad", "mlqa"]
    assert {"xquad/test/qda.jsonl", "mlqa/validation/en.jsonl"} <= set(plan["files"])
    assert "squad_v1/train/en.jsonl" not in plan["files"]


def test_rows_that_are_not_the_plan_s_are_refused(loaded, tasks, tmp_path):
    plan = plans.group({"mnli": plans.target("mnli", loaded, tasks)})
    write_json(tmp_path / "plan.json", plan)
    run = SimpleNamespace(
        inputs={"plan": tmp_path / "plan.json", "tasks": tasks}, guard=lambda files: None
    )
    assert set(plan_file.read_plan(run)["targets"]) == {"mnli"}
    examples.write(examples.path(tasks / "mnli", "train", "en"), [{"id": "edited"}])
    with pytest.raises(UserError, match=r"mnli/train/en\.jsonl is not what .*plan\.json was made"):
        plan_file.read_plan(run)


def test_a_target_that_serves_nothing_is_an_error(loaded, tasks):
    target = dataclasses.replace(loaded.target, tasks={"ccg": {}})
    odd = dataclasses.replace(loaded, target=target)
    with pytest.raises(UserError, match="target 'ccg' serves none of the tasks"):
        plans.evaluation("ccg", odd, tasks)


def test_a_retrieval_task_without_test_rows_is_named_before_any_training(loaded, tasks):
    for file in (tasks / "tatoeba" / "test").iterdir():
        file.unlink()
    with pytest.raises(UserError, match=r"align\.tasks: tatoeba has no test rows"):
        plans.alignment(loaded, tasks)


def test_translated_tags_are_numbered_as_the_task_s_own():
    """A task without a list of labels numbers those that occur: the translation has others."""
    told = {"type": "tagging", "metrics": (), "chance_percent": None, "trained_on": None}
    english = Description("ccg", labels=("N", "NP", "S"), **told)
    translated = Description("ccg_translated", labels=("NP", "S"), **told)
    rows = [{"tokens": ["a", "b"], "tags": [0, 1]}]
    assert with_labels_of(rows, translated, english)[0]["tags"] == [1, 2]
    assert with_labels_of(rows, english, english) is rows
    with pytest.raises(UserError, match="'ccg' has labels that 'ccg_translated' has not: N"):
        with_labels_of(rows, english, translated)
