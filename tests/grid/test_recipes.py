"""Recipes: names, taken apart, and the trainings that they stand for."""

import pytest

from tests.conftest import FULL
from waystation.base.errors import UserError
from waystation.grid import recipes
from waystation.grid.recipe_names import Recipe, parse
from waystation.params.load import load_settings


@pytest.fixture(scope="module")
def loaded():
    return load_settings(FULL)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("none", Recipe("control", "none")),
        ("mnli", Recipe("single", "mnli")),
        ("mnli+mlm", Recipe("mlm", "mnli")),
        ("mnli+translated", Recipe("translated", "mnli")),
        ("multitask/all", Recipe("multitask", "all")),
        ("sequential/nine/2", Recipe("sequential", "nine", "2")),
        ("merged/ties/qa", Recipe("merged", "qa", method="ties")),
    ],
)
def test_a_name_is_taken_apart(name, parts):
    assert parse(name) == parts


def test_phases(loaded):
    tasks = lambda name: [list(one.tasks) for one in recipes.phases(name, loaded)]
    assert tasks("none") == tasks("random") == []
    assert tasks("ccg") == [["ccg"]]
    assert tasks("multitask/qa") == [["squad_v1", "squad_v2", "cosmos_qa", "commonsense_qa"]]
    assert tasks("sequential/nine/2") == [["mnli"], ["squad_v1"]]
    assert tasks("merged/mean/qa") == [[task] for task in tasks("multitask/qa")[0]]


def test_the_first_task_of_a_sequence_is_the_single_recipe(loaded):
    single = recipes.phases("mnli", loaded)
    assert recipes.phases("sequential/nine/1", loaded) == single
    assert recipes.phases("sequential/nine/2", loaded)[:1] == single


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("mnly", r"unknown recipe 'mnly'; allowed: none, random, text, anli, mnli, .*, mnli\+mlm"),
        ("multitask/q", r"unknown multitask set 'q'; allowed: all, qa"),
        ("sequential/x/1", r"unknown order 'x'; allowed: nine"),
        ("sequential/nine/10", r"order 'nine' has 9 tasks; allowed: .*/1 to .*/9"),
        ("sequential/nine", r"allowed: sequential/nine/1"),
        *((f"sequential/nine/{k}", r"allowed: .*/1 to .*/9") for k in ("0", "02", "²", "+2", "2/")),
        *(
            (name, "unknown recipe")
            for name in (
                "ccg+",
                "+mlm",
                "ccg+mlm+mlm",
                "ccg+control",
                "ccg+single",
                "control/ccg",
                "mlm/ccg",
                "single/ccg",
                "none+mlm",
                "ccg ",
                "multitask",
                "",
            )
        ),
        ("multitask/", "unknown multitask set ''"),
        ("merged/sum/qa", "unknown method of merging 'sum'; allowed: mean, ties"),
        ("merged/mean/q", "unknown multitask set 'q'; allowed: all, qa"),
        ("merged", "unknown recipe"),
        ("multitask/all/1", "unknown multitask set 'all/1'"),
    ],
)
def test_unknown_recipes_name_the_allowed(loaded, name, message):
    with pytest.raises(UserError, match=message):
        recipes.phases(name, loaded)
