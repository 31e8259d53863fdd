"""What a question runs."""

import argparse
import itertools

import pytest
import yaml

from tests.conftest import ROOT
from waystation.commands import study
from waystation.params.load import load_settings
from waystation.studies.five_questions import STUDIES

STAGES = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]
FILES = ["params.yaml", *(f"suites/{name}/params.yaml" for name in ("pocket-full", "small-full"))]


def graph(settings):
    """The names of all stages of a suite that walk a matrix."""
    named = set()
    for verb, stage in STAGES.items():
        walked = [key.strip("${}").split(".") for key in stage.get("matrix", {}).values()]
        lists = [list(settings.at(".".join(key))) for key in walked]
        named |= {f"{verb}@{'-'.join(item)}" for item in itertools.product(*lists)}
    return named


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("asked", STUDIES, ids=lambda one: one.name)
def test_a_question_names_stages_of_the_suite_and_never_all(file, asked):
    settings = load_settings(ROOT / file)
    needs = asked.needs(settings)
    groups = study.groups_of(needs, settings)
    stages = {*study.stages_of(needs, groups, settings)}
    assert bool(stages) == (needs.tests is None or bool({*needs.tests} & {*settings.tasks}))
    assert stages <= graph(settings)
    assert any("align" in stage for stage in stages) == (bool(stages) and needs.encoders)


def test_the_question_of_mlqa_runs_nothing_but_questions():
    settings = load_settings(ROOT / "suites/small-full/params.yaml")
    (asked,) = (one for one in STUDIES if one.name == "qa_inference")
    needs = asked.needs(settings)
    assert study.groups_of(needs, settings) == ["reading"]
    assert {*study.stages_of(needs, ["reading"], settings)} >= {
        "evaluate@reading-e5-small-none",
        "evaluate_extra@reading-e5-small-squad_v2",
        "evaluate_extra@reading-e5-small-multitask/qa",
    }


def test_without_a_question_only_the_report_is_made():
    settings = load_settings(ROOT / "params.yaml")
    asked = argparse.Namespace(name=None, suite_file=ROOT / "dvc.yaml")
    assert study.stages_and_alone(asked, settings) == (["code"], ["report"])
    asked.name = "sequential_tasks"
    stages, alone = study.stages_and_alone(asked, settings)
    assert "report" not in stages
    assert alone[-1] == "report"
