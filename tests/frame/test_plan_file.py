"""Plans as files: records that come back as they were, and rows that are held to them."""

import argparse
from dataclasses import asdict, replace

import pytest

from tests.conftest import FULL
from tests.grid.test_planning import written
from waystation.base.errors import UserError
from waystation.data import examples
from waystation.files import write_json
from waystation.frame.plan_file import read_plan
from waystation.frame.stage import Run
from waystation.grid import planning
from waystation.grid.alignment_plan import AlignmentPlan
from waystation.grid.plans import (
    EvaluationGroupPlan,
    RecipePlan,
    TargetGroupPlan,
)
from waystation.params.load import load_settings
from waystation.params.schema import Stopping


@pytest.fixture(scope="module")
def loaded():
    return load_settings(FULL)


@pytest.fixture
def tasks(tmp_path, loaded):
    return written(tmp_path / "tasks", loaded.tasks, ("en", "qda", "qdc"))


@pytest.fixture
def run(tmp_path, tasks, loaded):
    inputs = {"plan": tmp_path / "plan.json", "tasks": tasks}
    return Run("target", argparse.Namespace(), loaded, inputs, {}, {}, {}, {})


@pytest.mark.parametrize("stopping", [None, Stopping(every=5, patience=2, examples=9)])
def test_every_kind_of_plan_is_read_back_as_it_was_made(run, tasks, loaded, stopping):
    target = replace(loaded.target, stopping=stopping)
    intermediate = replace(loaded.intermediate, stopping=stopping)
    suite = replace(loaded, target=target, intermediate=intermediate)
    plans = [planning.recipe(name, suite, tasks) for name in (*suite.all_recipes, "mnli+mlm")]
    plans += [planning.target_group(tuple(suite.target.tasks), suite, tasks)]
    plans += [planning.evaluation_group(tuple(suite.target.tasks), suite, tasks)]
    plans += [planning.alignment(suite, tasks)]
    kinds = {RecipePlan, TargetGroupPlan, EvaluationGroupPlan, AlignmentPlan}
    assert {type(plan) for plan in plans} == kinds
    for plan in plans:
        write_json(run.inputs["plan"], asdict(plan))
        assert read_plan(run, type(plan)) == plan


def test_rows_that_are_not_the_plan_s_are_refused(run, tasks, loaded):
    plan = planning.target_group(("mnli",), loaded, tasks)
    write_json(run.inputs["plan"], asdict(plan))
    read_plan(run, TargetGroupPlan)
    assert run.guarded == {str(tasks / name): value for name, value in plan.files.items()}
    examples.write(examples.path(tasks / "mnli", "train", "en"), [{"id": "edited"}])
    with pytest.raises(UserError, match=r"mnli/train/en\.jsonl is not what .*plan\.json was made"):
        read_plan(run, TargetGroupPlan)
