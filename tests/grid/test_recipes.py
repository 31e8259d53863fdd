"""Recipes: names, taken apart, and the trainings that they stand for."""

import pytest

from tests.conftest import ROOT
from waystation.base.errors import UserError
from waystation.grid import recipes
from waystation.grid.recipes import Recipe
from waystation.params.load import load_settings


@pytest.fixture(scope="module")
def loaded():
    return load_settings(ROOT / "params.yaml")


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("none", Recipe("control", "none")),
        ("mnli", Recipe("single", "mnli")),
        ("mnli+mlm", Recipe("mlm", "mnli")),
        ("mnli+translated", Recipe("translated", "mnli")),
        ("multitask/all", Recipe("multitask", "all")),
        ("sequential/mnli_squad/2", Recipe("sequential", "mnli_squad", "2")),
    ],
)
def test_a_name_is_taken_apart(name, parts):
    assert recipes.parse(name) == parts


def test_phases(loaded):
    tasks = lambda name: [list(one.tasks) for one in recipes.phases(name, loaded)]
    assert tasks("none") == tasks("random") == []
    assert tasks("ccg") == [["ccg"]]
    assert tasks("multitask/all") == [["mnli", "squad_v1", "ccg"]]
    assert tasks("sequential/mnli_squad/2") == [["mnli"], ["squad_v1"]]


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
