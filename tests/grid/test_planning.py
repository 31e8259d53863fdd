"""Plans: the files that cells depend on."""

import dataclasses
import re

import pytest

from tests.conftest import FULL, ROOT
from waystation.base.errors import UserError
from waystation.data import examples
from waystation.files import write_json
from waystation.grid import planning, recipes
from waystation.params.load import load_settings
from waystation.params.schema import FineTuning, Settings, TargetTask, TaskLimits


@pytest.fixture(scope="module")
def loaded():
    return load_settings(FULL)


@pytest.fixture
def tasks(tmp_path, loaded):
    return written(tmp_path, loaded.tasks, ("en", "qda", "qdc"))


def written(folder, names, languages):
    """A row of every task, split and language in a folder as `download` writes it."""
    from waystation import tasks

    for name in names:
        task = tasks.load(name)
        for split in task.splits:
            for code in languages:
                examples.write(examples.path(folder / name, split, code), [{"id": code}])
        told = {"name": name, "type": task.type, "metrics": [], "labels": []}
        told |= {"chance_percent": None, "trained_on": task.trained_on, "pool": None}
        write_json(folder / name / "task.json", told)
    return folder


def with_targets(suite: Settings, **targets: dict) -> Settings:
    """The suite with other targets, each with the section's values or its own."""
    section = suite.target
    shared = {field.name: getattr(section, field.name) for field in dataclasses.fields(FineTuning)}
    tasks = {name: TargetTask(**shared | own) for name, own in targets.items()}
    return dataclasses.replace(suite, target=dataclasses.replace(section, tasks=tasks))


def test_what_is_mixed_in_brings_its_rows(loaded, tasks):
    plan = planning.recipe("mnli+mlm", loaded, tasks)
    assert plan.phases[0].rows == {
        "mnli": (("mnli", "en"),),
        "text": (("text", "en"), ("text", "qda"), ("text", "qdc")),
    }
    assert plan.phases[0].settings["text"] == loaded.intermediate.mlm
    plan = planning.recipe("mnli+translated", loaded, tasks)
    assert {"mnli/train/en.jsonl", "mnli_translated/train/qda.jsonl"} <= set(plan.files)
    rows = plan.phases[0].rows["mnli"]
    assert rows[0] == ("mnli", "en")
    assert ("mnli_translated", "qdc") in rows


def test_masked_language_modelling_is_a_task_of_all_languages_without_development_rows(
    loaded, tasks
):
    section = loaded.intermediate
    own = dataclasses.replace(section.tasks["mnli"], train_examples=2, batch_size=8)
    chosen = dataclasses.replace(section, tasks=section.tasks | {"text": own})
    orders = {"back": ("ccg", "text")}
    more = dataclasses.replace(loaded, intermediate=chosen, orders=orders)
    plan = planning.recipe("text", more, tasks)
    every = (("text", "en"), ("text", "qda"), ("text", "qdc"))
    assert plan.phases[0].rows == {"text": every}
    assert plan.phases[0].settings == {"text": own}
    trained = {f"text/train/{code}.jsonl" for code in ("en", "qda", "qdc")}
    assert set(plan.files) == trained | {"text/task.json"}
    last = planning.recipe("sequential/back/2", more, tasks).phases[1]
    assert last.rows == {"text": every}
    for wrong in ("text+mlm", "text+translated"):
        with pytest.raises(UserError, match=f"unknown recipe '{re.escape(wrong)}'"):
            recipes.phases(wrong, more)


def test_translated_rows_must_be_in_the_suite(loaded, tasks):
    with pytest.raises(UserError, match=r"unknown task .*'ccg_translated'; allowed: text, anli"):
        planning.recipe("ccg+translated", loaded, tasks)


def test_a_target_reads_english_rows_only(loaded, tasks):
    _, files = planning.target("udpos", loaded, tasks)
    assert set(files) == {"udpos/train/en.jsonl", "udpos/validation/en.jsonl", "udpos/task.json"}


def test_a_model_s_own_learning_rate_is_that_of_its_targets(tmp_path):
    """XTREME-R's scripts: 3e-5 for the large model, 2e-5 for others, in both trainings."""
    suite = load_settings(ROOT / "suites/xtreme/params.yaml")
    folder = written(tmp_path, ("social_i_qa", "copa", "pawsx"), ("en",))
    plan, _ = planning.target("copa", suite, folder)
    rates = {"xlm-roberta-large": 3e-5, "xlm-roberta-base": 2e-5, "a-new-one": 2e-5}
    for model, rate in rates.items():
        own = plan.for_model(model)
        assert (own.settings.learning_rate, own.after.settings.learning_rate) == (rate, rate)
        assert not own.settings.learning_rate_by_model
    alone, _ = planning.target("pawsx", suite, folder)
    assert alone.for_model("xlm-roberta-base") == alone


def test_a_target_in_more_languages_reads_translated_rows(loaded, tasks):
    plan, files = planning.target("mnli_more", loaded, tasks)
    assert plan.rows == (("mnli", "en"), ("mnli_translated", "qda"), ("mnli_translated", "qdc"))
    assert plan.task == "mnli"
    assert "mnli_translated/train/qdc.jsonl" in files
    plan, _ = planning.evaluation("mnli_more", loaded, tasks)
    assert (plan.tasks, plan.languages) == (("xnli",), ("en", "qda", "qdc"))


def test_a_target_may_name_the_rows_of_further_languages(loaded, tasks):
    """As XNLI's development rows stand for MNLI's translations where nobody has these."""
    own = {"task": "mnli", "languages": ("en", "qda"), "translations": "udpos"}
    plan, _ = planning.target("other", with_targets(loaded, other=own), tasks)
    assert plan.rows == (("mnli", "en"), ("udpos", "qda"))


def test_a_target_may_serve_the_tests_of_another_task(loaded, tasks):
    """As PAN-X's training rows of XTREME-R's languages serve XTREME's tests."""
    own = {"task": "mnli_translated", "serves": "mnli"}
    plan, _ = planning.evaluation("other", with_targets(loaded, other=own), tasks)
    assert (plan.task, plan.tasks) == ("mnli_translated", ("xnli",))
    alone = with_targets(loaded, other={"task": "mnli_translated"})
    with pytest.raises(UserError, match="target 'other' serves none of the tasks"):
        planning.evaluation("other", alone, tasks)


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
    own = {"task": task, "serves": serves, "languages": ("en", code)}
    other = dataclasses.replace(with_targets(xtreme, more=own), tasks=xtreme.tasks | more)
    folder = written(tmp_path, other.tasks, ("en", code))
    assert planning.target("more", other, folder)[0].rows == ((task, "en"), (read, code))
    assert set(planning.evaluation("more", other, folder)[0].tasks) == tests


def test_a_target_in_more_languages_reads_its_own_rows_where_nothing_is_translated(loaded, tasks):
    more = with_targets(loaded, udpos={"languages": ("en", "qdc")})
    plan, _ = planning.target("udpos", more, tasks)
    assert plan.rows == (("udpos", "en"), ("udpos", "qdc"))


def test_the_languages_of_a_target_begin_with_english(loaded, tasks):
    assert planning.evaluation("squad_v1", loaded, tasks)[0].languages == ("en",)  # none is named
    other = with_targets(loaded, udpos={"languages": ("qdc", "en")})
    with pytest.raises(UserError, match=r"udpos\.languages must begin with 'en', got \['qdc'"):
        planning.target("udpos", other, tasks)


def test_an_evaluation_reads_all_languages_of_the_tasks_that_a_target_serves(loaded, tasks):
    plan, files = planning.evaluation("squad_v1", loaded, tasks)
    assert plan.tasks == ("xquad", "mlqa")
    assert {"xquad/test/qda.jsonl", "mlqa/validation/en.jsonl"} <= set(files)
    assert "squad_v1/train/en.jsonl" not in files


def test_a_target_that_serves_nothing_is_an_error(loaded, tasks):
    with pytest.raises(UserError, match="target 'ccg' serves none of the tasks"):
        planning.evaluation("ccg", with_targets(loaded, ccg={}), tasks)


def test_a_group_has_the_files_of_all_its_targets_and_of_those_before_them(loaded, tasks):
    suite = with_targets(loaded, udpos={}, squad_v1={}, mnli={"after": "squad_v1"})
    plan = planning.target_group(("udpos", "mnli"), suite, tasks)
    assert list(plan.targets) == ["udpos", "mnli"]
    assert plan.targets["mnli"].after.task == "squad_v1"
    trained = {f"{task}/train/en.jsonl" for task in ("udpos", "mnli", "squad_v1")}
    assert trained <= set(plan.files)
    assert plan.checkpoints == loaded.target.checkpoints


def test_a_retrieval_task_without_test_rows_is_named_before_any_training(loaded, tasks):
    for file in (tasks / "tatoeba" / "test").iterdir():
        file.unlink()
    with pytest.raises(UserError, match=r"align\.tasks: tatoeba has no test rows"):
        planning.alignment(loaded, tasks)


def test_a_ranking_reads_each_task_once_and_its_plan_knows_no_learning_rate(loaded, tasks):
    """Targets in more languages have the English rows of their task."""
    plan = planning.promise(loaded, tasks)
    assert set(plan.sources) == {*loaded.intermediate.tasks} - {"text"}
    assert {"mnli", "udpos", "squad_retrieval"} <= set(plan.targets)
    assert "mnli_more" not in plan.targets
    assert "mnli/train/en.jsonl" in plan.files
    faster = dataclasses.replace(loaded.target.tasks["mnli"], learning_rate=0.5)
    changed = dataclasses.replace(loaded.target, tasks=loaded.target.tasks | {"mnli": faster})
    assert planning.promise(dataclasses.replace(loaded, target=changed), tasks) == plan
