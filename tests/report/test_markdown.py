"""Paired differences, exact match, chance, table files and the Markdown tables, worked by hand."""

import pytest
import yaml
from matplotlib import pyplot

from tests.conftest import ROOT
from tests.report.small_grid import MODELS, Grid, share
from waystation.grid.cells import all_cells
from waystation.params.schema import Extra
from waystation.report import csv_files, markdown, summary
from waystation.report.differences import pairs
from waystation.report.figures import blocks, panels
from waystation.report.figures.size import comparable

LANGUAGES = ("en", "qda", "qdb")
RECIPES = ("random", "none", "mnli", "squad_v1", "sequential/two/2")
GROUPS = {"pairs": ("mnli",), "reading": ("squad_v1",)}

# Right answers in percent in en, qda and qdb.
XNLI = {
    ("pico", "random"): (40, 50, 30),
    ("pico", "none"): (60, 50, 40),
    ("nano", "random"): (40, 30, 30),
    ("nano", "none"): (90, 80, 60),
}
READ = [[1.0, 1.0], [0.5, 0.0], [0.0, 0.0], [0.5, 0.0]]  # F1 and exact match: 50 and 25


@pytest.fixture
def small(tmp_path):
    """What XNLI does not list answers as `none`; only nano has the sequence."""
    orders = {"two": ("mnli", "squad_v1")}
    extra = Extra(models=("nano",), recipes=RECIPES[-1:])
    grid = (["pico", "nano"], RECIPES[:-1], LANGUAGES, GROUPS, orders)
    made = Grid(tmp_path, *grid, seeds=(0, 1), extra=extra)
    for model, recipe in all_cells(made.suite):
        right = XNLI.get((model, recipe), XNLI[model, "none"])
        points = {code: share(p) for code, p in zip(LANGUAGES, right, strict=True)}
        read = {"mlqa": dict.fromkeys(("qda", "qdb"), READ)}
        made.score("pairs", model, recipe, {"mnli": (["en"], {"xnli": points})})
        made.score("reading", model, recipe, {"squad_v1": (["en"], read)})
        made.align(model, recipe, 30.0)
    return made


@pytest.fixture
def made(small):
    return small.tables()


def row(rows, **wanted):
    found = [r for r in rows if all(r.get(key) == value for key, value in wanted.items())]
    assert len(found) == 1
    return found[0]


def test_the_larger_model_less_the_smaller_is_a_paired_difference(made):
    found = row(made["sizes"], recipe="none", task="xnli")
    assert (found["model"], found["smaller_model"]) == ("nano", "pico")
    assert found["difference"] == pytest.approx(25)  # (80 + 60) / 2 less (50 + 40) / 2
    assert 0 < found["low"] < 25 < found["high"]
    assert (found["n"], found["seeds"]) == (40, 2)
    same = row(made["sizes"], recipe="none", task="mlqa")  # answers as the smaller, one by one
    assert (same["difference"], same["low"], same["high"]) == (0, 0, 0)
    assert "sequential/two/2" not in {r["recipe"] for r in made["sizes"]}


def test_two_seeds_of_one_size_are_no_pair():
    assert pairs(MODELS | {"nano_s1": MODELS["nano"]}) == [("nano", "pico"), ("nano_s1", "pico")]


def test_pretraining_is_told_by_language_and_in_the_zero_shot_mean(made):
    found = [r for r in made["pretraining"] if (r["model"], r["task"]) == ("pico", "xnli")]
    assert [r["language"] for r in found] == [*LANGUAGES, "mean"]
    assert [r["difference"] for r in found] == pytest.approx([20, 0, 10, 5])
    assert (found[1]["low"], found[1]["high"]) == (0, 0)
    assert (found[3]["n"], found[3]["seeds"]) == (40, 2)
    assert row(made["pretraining"], model="nano", task="xnli", language="mean")["low"] > 0


def test_exact_match_stands_beside_f1(made):
    found = row(made["scores"], model="pico", recipe="none", task="mlqa", language="qda")
    assert (found["metric"], found["score_percent"]) == ("f1", 50)
    assert found["exact_match_percent"] == 25
    assert found["exact_match_low_percent"] < 25 < found["exact_match_high_percent"]
    assert row(made["gains"], model="pico", recipe="none", task="mlqa")["exact_match_percent"] == 25
    assert "exact_match_percent" not in row(made["gains"], model="pico", recipe="none", task="xnli")


def test_chance_is_the_mean_over_the_languages_that_are_shown(small):
    scores = small.scores()
    one = next(s for s in scores if s.task == "xnli")
    levels = {"en": 50.0, "qda": 10.0, "qdb": 20.0}
    for code, level in levels.items():
        object.__setattr__(one.languages[code], "chance", level)
    told = small.tables(scores)
    found = [
        r["chance_percent"] for r in told["scores"] if (r["model"], r["task"]) == ("pico", "xnli")
    ]
    assert found[:3] == [50, 10, 20]
    assert row(told["gains"], model="pico", recipe="random", task="xnli")["chance_percent"] == 15
    object.__setattr__(one.languages["qda"], "chance", None)
    assert one.constant("chance", one.zero_shot()) is None


def test_the_summary_tells_the_differences(small, made):
    told = summary.summary(small.scores(), made)
    found = told["model_size"]["nano_less_pico"]["none"]["xnli"]
    assert found["difference_points"] == 25
    assert set(found) == {"difference_points", "low_points", "high_points", "n", "seeds"}
    assert told["pretraining"]["pico"]["xnli"]["difference_points"] == 5
    assert told["scores"]["pico"]["none"]["mlqa"]["exact_match_zero_shot_percent"] == 25


def test_a_summary_tells_what_it_is_made_from_in_lists(small):
    """A list is no metric, so `dvc metrics diff` stays short."""
    told = summary.made_from({"metrics/scores": "digest"}, small.suite)["made_from"]
    assert told["inputs_sha256"] == [["metrics/scores", "digest"]]
    assert told["seeds"] == [0, 1]
    assert told["versions"][0][0] == "numpy"
    assert all(isinstance(value, list) for value in told.values())


def test_tables_are_read_back_as_they_were_written(made, tmp_path):
    csv_files.write(tmp_path, made)
    back = csv_files.read(tmp_path)
    assert set(back) == set(made)
    for name, rows in made.items():
        assert back[name] == [
            {
                key: pytest.approx(value, abs=6e-5) if isinstance(value, float) else value
                for key, value in row.items()
                if value is not None
            }
            for row in rows
        ]


def test_a_table_without_rows_still_has_the_columns_that_are_drawn(tmp_path):
    """Else `dvc plots` has a file with nothing that it could name."""
    csv_files.write(tmp_path, {name: [] for name in csv_files.COLUMNS})
    assert set(csv_files.read(tmp_path)) == set(csv_files.COLUMNS)
    for entry in yaml.safe_load((ROOT / "dvc.yaml").read_text())["plots"]:
        ((place, told),) = entry.items()
        drawn = told["y"] if isinstance(told["y"], dict) else {place: told["y"]}
        ((file, y),) = drawn.items()
        head = (tmp_path / file.rpartition("/")[2]).read_text().split("\n")[0].split(",")
        assert {told["x"], y} <= set(head), place


def rendered(made, tmp_path) -> list[str]:
    csv_files.write(tmp_path, made)
    return markdown.markdown(csv_files.read(tmp_path)).splitlines()


def cells(lines: list[str], *first: str) -> list[list[str]]:
    """The cells of all lines that begin with some cells."""
    split = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [line for line in split if line[: len(first)] == list(first)]


def test_the_result_table_shows_every_score_with_n_and_interval(made, tmp_path):
    lines = rendered(made, tmp_path)
    (found,) = cells(lines, "`xnli`, accuracy", "`nano`")
    plain = row(made["gains"], model="nano", recipe="none", task="xnli")
    assert found[2:4] == ["40 x 2", "25.0"]
    assert found[5].startswith("90.0 [")  # in English
    assert found[6] == f"70.0 [{plain['low_percent']:.1f}, {plain['high_percent']:.1f}]"
    assert found[7] == f"{plain['oracle_percent']:.1f}"
    assert found[8] == "-"  # no exact match
    assert found[9].startswith("**+40.0 [+")  # less random, clear of zero
    assert found[10].startswith("`pico` **+25.0 [+")
    (smaller,) = cells(lines, "`xnli`, accuracy", "`pico`")
    assert smaller[10] == "-"
    (read,) = cells(lines, "`mlqa`, f1", "`nano`")
    assert read[5] == "-"  # no English rows
    assert read[8].startswith("25.0 [")
    assert read[9] == "+0.0 [+0.0, +0.0]"


def test_scores_by_language_stand_beside_those_without_pretraining(made, tmp_path):
    lines = rendered(made, tmp_path)
    assert "| task | model | en | qda | qdb |" in lines
    (found,) = cells(lines, "`xnli`", "`nano`", "90.0 [77.4, 97.5] (40.0)")
    told = row(made["scores"], model="nano", recipe="none", task="xnli", language="qda")
    low, high = told["low_percent"], told["high_percent"]
    assert found[3] == f"80.0 [{low:.1f}, {high:.1f}] (30.0)"
    assert found[4].startswith("60.0 [")
    assert found[4].endswith("] (30.0)")
    (read,) = cells(lines, "`mlqa`", "`pico`", "-")  # no English rows
    assert read[3].startswith("50.0 [")
    assert read[3].endswith("] (50.0)")


def test_the_gains_shown_are_of_the_task_of_its_kind_and_of_the_longest_sequence(made, tmp_path):
    lines = rendered(made, tmp_path)
    head = next(line for line in lines if "| task of its kind" in line)
    lines = lines[lines.index(head) :]
    assert head.endswith("| `sequential/two/2` |")
    assert cells(lines, "`xnli`", "`pico`")[0][2:] == ["`mnli` +0.0 [+0.0, +0.0]", "-"]
    assert cells(lines, "`mlqa`", "`nano`")[0][2].startswith("`squad_v1` +0.0")


@pytest.mark.parametrize(
    ("target", "kind", "recipes", "expected"),
    [
        ("mnli", "classification", ("anli", "mnli"), "mnli"),  # the target itself
        ("udpos", "tagging", ("mnli", "ccg"), "ccg"),  # the first of its type
        ("copa", "multiple_choice", ("cosmos_qa+mlm", "multitask/all", "hellaswag"), "hellaswag"),
        ("squad_retrieval", "dual_encoder", ("mnli", "squad_v1"), None),
    ],
)
def test_the_task_of_its_kind_is_the_target_or_the_first_of_its_type(
    target, kind, recipes, expected
):
    rows = [
        {"model": "nano", "task": "t", "target": target, "type": kind, "recipe": recipe}
        for recipe in recipes
    ]
    assert markdown.related(rows, "nano", "t") == expected


def test_retrieval_and_mining_stand_beside_chance(made, tmp_path):
    lines = rendered(made, tmp_path)
    assert cells(lines, "n")[0][2:] == ["50", "50", "10"]
    assert cells(lines, "chance")[0][2:] == ["2.0", "2.0", "0.4"]
    # 17.5 of 54 in each of two languages: 196 * sqrt(2 * 0.3241 * 0.6759 / 54) / 2 = 8.8.
    assert cells(lines, "`nano`", "`none`")[0][2:] == [
        *(["31.0 [22.2, 39.8] (31.0 to 31.0)"] * 2),
        "32.0 (32.0 to 32.0)",
    ]


def test_nothing_has_run_and_nothing_is_shown(tmp_path):
    csv_files.write(tmp_path, {name: [] for name in csv_files.COLUMNS})
    assert markdown.markdown(csv_files.read(tmp_path)) == ""


def test_sizes_are_compared_over_recipes_that_all_have(made):
    shown = comparable(made["gains"])
    assert {r["recipe"] for r in shown} == {"mnli", "squad_v1"}
    assert len({r["layer_parameters"] for r in shown}) == 2


def test_panels_stand_in_even_lines_and_blocks_are_as_high_as_their_rows():
    figure, eleven = panels(11, 5, (1, 1))
    pyplot.close(figure)
    assert len({axes.get_position().x0 for axes in eleven}) == 4  # 4, 4, 3; not 5, 5, 1
    figure, (few, many) = blocks([11, 11], [1.0, 3.0], 7, 1.0)
    pyplot.close(figure)
    assert [len(few), len(many)] == [11, 11]
    assert many[0].get_position().height == pytest.approx(3 * few[0].get_position().height)
    assert few[-1].get_position().y0 > many[0].get_position().y1
