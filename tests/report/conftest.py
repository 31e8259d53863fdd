"""Two small grids whose scores are worked by hand."""

import pytest

from tests.report.small_grid import LANGUAGES, Grid, share
from waystation.grid.cells import all_cells
from waystation.params.grid import Extra

# Right answers in percent in en, qda and qdb.
XNLI = {"random": (40, 30, 30), "none": (60, 50, 40), "mnli": (80, 60, 50), "ccg": (60, 50, 40)}
XNLI["sequential/two/2"] = (70, 80, 70)
MORE = dict.fromkeys(XNLI, (60, 70, 60)) | {"mnli": (60, 70, 80)}
BY_SIZE = {
    ("pico", "random"): (40, 50, 30),
    ("pico", "none"): (60, 50, 40),
    ("nano", "random"): (40, 30, 30),
    ("nano", "none"): (90, 80, 60),
}
READ = [[1.0, 1.0], [0.5, 0.0], [0.0, 0.0], [0.5, 0.0]]  # F1 and exact match: 50 and 25


def points(right):
    return {code: share(percent) for code, percent in zip(LANGUAGES, right, strict=True)}


@pytest.fixture
def one_model(tmp_path):
    """Three of five recipes have not run on the words; `mnli_more` was trained on en and qda."""
    groups = {"pairs": ("mnli", "mnli_more"), "words": ("udpos",)}
    grid = Grid(tmp_path, ["pico"], XNLI, LANGUAGES, groups, {"two": ("mnli", "ccg")})
    for recipe in XNLI:
        targets = {
            "mnli": (["en"], {"xnli": points(XNLI[recipe])}),
            "mnli_more": (["en", "qda"], {"xnli": points(MORE[recipe])}),
        }
        grid.score("pairs", "pico", recipe, targets)
        grid.align("pico", recipe, 30.0, found=5 if recipe == "mnli" else 10)
    for recipe in ("none", "mnli"):
        words = {"udpos": points((50, 50, 50))}
        grid.score("words", "pico", recipe, {"udpos": (["en"], words)})
    cell = {"model": "pico", "language": "en", "tokens_per_sec": 100.0}
    measured = [
        cell | {"recipe": recipe, "target": target, "task": "xnli"}
        for recipe in (*XNLI, "dropped")
        for target in groups["pairs"]
    ]
    compared = {"base": "none", "measure": "latency", "language": "en", "blocks": 6}
    compared |= {"ratio": 1.1, "low": 1.05, "high": 1.15, "verdict": "faster"}
    names = {"model": "pico", "recipe": "mnli", "target": "mnli", "task": "xnli"}
    grid.benchmark("pairs", measured, [names | compared | {"detectable_percent": 4.0}])
    return grid


@pytest.fixture
def two_models(tmp_path):
    """What BY_SIZE does not list answers as `none`; only nano has the sequence; two seeds."""
    recipes, sequence = ("random", "none", "mnli", "squad_v1"), "sequential/two/2"
    grid = Grid(
        tmp_path,
        ["pico", "nano"],
        recipes,
        LANGUAGES,
        {"pairs": ("mnli",), "reading": ("squad_v1",)},
        {"two": ("mnli", "squad_v1")},
        seeds=(0, 1),
        extra=Extra(models=("nano",), recipes=(sequence,)),
    )
    for model, recipe in all_cells(grid.suite):
        right = points(BY_SIZE.get((model, recipe), BY_SIZE[model, "none"]))
        read = {"mlqa": dict.fromkeys(("qda", "qdb"), READ)}
        grid.score("pairs", model, recipe, {"mnli": (["en"], {"xnli": right})})
        grid.score("reading", model, recipe, {"squad_v1": (["en"], read)})
        grid.align(model, recipe, 30.0)
    return grid
