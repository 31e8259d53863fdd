"""The result tables in Markdown, from files, on a small grid worked by hand."""

import pytest

from tests.report.small_grid import intermediate_score, row, task_score
from waystation.report import csv_files, markdown
from waystation.report.records import Estimate, Tables


@pytest.fixture
def rendered(two_models, tmp_path) -> list[str]:
    csv_files.write(tmp_path, two_models.tables())
    return markdown.markdown(csv_files.read(tmp_path)).splitlines()


def cells(lines: list[str], *first: str) -> list[list[str]]:
    """The cells of all lines that begin with some cells."""
    split = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [line for line in split if line[: len(first)] == list(first)]


def test_the_result_table_shows_every_score_with_n_and_interval(two_models, rendered):
    (xnli,) = cells(rendered, "`xnli`, accuracy", "`nano`")
    plain = row(two_models.tables().gains, model="nano", recipe="none", task="xnli")
    assert xnli[2:4] == ["40 x 2", "25.0"]
    assert xnli[5].startswith("90.0 [")  # in English
    assert xnli[6] == f"70.0 [{plain.zero_shot.low:.1f}, {plain.zero_shot.high:.1f}]"
    assert xnli[7] == f"{plain.oracle_percent:.1f}"
    assert xnli[8] == "-"  # no exact match
    assert xnli[9].startswith("**+40.0 [+")  # less random, clear of zero
    assert xnli[10].startswith("`pico` **+25.0 [+")
    (smaller,) = cells(rendered, "`xnli`, accuracy", "`pico`")
    assert smaller[10] == "-"
    (mlqa,) = cells(rendered, "`mlqa`, f1", "`nano`")
    assert mlqa[5] == "-"  # no English rows
    assert mlqa[8].startswith("25.0 [")
    assert mlqa[9] == "+0.0 [+0.0, +0.0]"


def test_scores_by_language_stand_beside_those_without_pretraining(two_models, rendered):
    assert "| task | model | en | qda | qdb |" in rendered
    (xnli,) = cells(rendered, "`xnli`", "`nano`", "90.0 [80.2, 99.8] (40.0)")
    scores = two_models.tables().scores
    score = row(scores, model="nano", recipe="none", task="xnli", language="qda").score
    assert xnli[3] == f"80.0 [{score.low:.1f}, {score.high:.1f}] (30.0)"
    assert xnli[4].startswith("60.0 [")
    assert xnli[4].endswith("] (30.0)")
    (mlqa,) = cells(rendered, "`mlqa`", "`pico`", "-")  # no English rows
    assert mlqa[3].startswith("50.0 [")
    assert mlqa[3].endswith("] (50.0)")


def test_the_gains_shown_are_of_the_task_of_its_kind_and_of_the_longest_sequence(rendered):
    head = next(line for line in rendered if "| task of its kind" in line)
    lines = rendered[rendered.index(head) :]
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
    rows = [task_score(task="t", target=target, type=kind, recipe=recipe) for recipe in recipes]
    assert markdown.related(rows, "pico", "t") == expected


def test_the_recipes_of_several_tasks_are_multitask_ones_and_the_longest_sequence(two_models):
    tables = two_models.tables()
    tables.gains.append(task_score(recipe="multitask/all"))
    assert markdown.several(tables) == ["multitask/all", "sequential/two/2"]


def test_retrieval_and_mining_stand_beside_chance(rendered):
    assert cells(rendered, "n")[0][2:] == ["50", "50", "10"]
    assert cells(rendered, "chance")[0][2:] == ["2.0", "2.0", "0.4"]
    # 17.5 of 54 in each of two languages: 196 * sqrt(2 * 0.3241 * 0.6759 / 54) / 2 = 8.8.
    assert cells(rendered, "`nano`", "`none`")[0][2:] == [
        *(["31.0 [22.2, 39.8] (31.0 to 31.0)"] * 2),
        "32.0 [15.8, 48.2] (32.0 to 32.0)",
    ]


def test_retrieval_after_a_recipe_stands_beside_that_before(one_model, tmp_path):
    csv_files.write(tmp_path, one_model.tables())
    lines = markdown.markdown(csv_files.read(tmp_path)).splitlines()
    below = lines[next(i for i, line in enumerate(lines) if line.startswith("What a recipe")) :]
    assert cells(below, "`pico`", "`mnli`")[0][2].startswith("-10.0 [")
    assert cells(below, "`pico`", "`mnli`")[0][2].endswith("(55 %)")
    assert cells(below, "`pico`", "`ccg`")[0][2] == "+0.0 [+0.0, +0.0] (100 %)"


def test_nothing_has_run_and_nothing_is_shown(tmp_path):
    csv_files.write(tmp_path, Tables())
    assert markdown.markdown(csv_files.read(tmp_path)) == ""


def gains_of(cells, intermediate=(), seeds=3):
    """The table of gains of {(recipe, task): p-value}, each gain 5 points."""
    rows = [
        task_score(
            recipe=recipe, task=task, seeds=seeds, target="ccg", gain=Estimate(5.0, 1.0, 9.0, p)
        )
        for (recipe, task), p in cells.items()
    ]
    return markdown.gains(Tables(gains=rows, intermediate=list(intermediate)))


def test_bold_gains_are_holm_corrected_over_the_table():
    """Three gains are shown, `none` is not: 0.01 < 0.05 / 3, 0.03 > 0.05 / 2."""
    cells = {("multitask/all", "a"): 0.01, ("multitask/all", "b"): 0.03}
    text = gains_of(cells | {("multitask/all", "c"): 0.9, ("none", "a"): 0.001})
    assert text.count("**+5.0 [+1.0, +9.0]**") == 1
    assert text.count("+5.0 [+1.0, +9.0]") == 3
    assert "Holm-corrected over the table's 3 gains" in text
    assert "95 % intervals over rows and seeds." in text


def test_on_one_seed_nothing_is_bold_and_intervals_are_over_rows():
    text = gains_of({("multitask/all", "a"): None}, seeds=1)
    assert "**" not in text
    assert "Nothing is bold" in text
    assert "95 % intervals over rows (one seed)." in text


def test_gains_of_what_was_not_learned_have_a_dagger_and_steps_a_head():
    taught = [intermediate_score(model="pico", recipe="multitask/all", task="ccg", learned="no")]
    text = gains_of({("multitask/all", "a"): 0.9}, taught)
    assert "+5.0 [+1.0, +9.0]† |" in text
    assert "`multitask/all`, 7 steps a task, alone 7 |" in text
    assert "† not learned: " in text
    assert "pico multitask/all (ccg)" in text
    assert "†" not in gains_of(
        {("multitask/all", "a"): 0.9}, [intermediate_score(recipe="ccg", task="ccg")]
    )


def test_development_scores_stand_beside_chance_and_majority():
    rows = [intermediate_score(recipe="ccg", task="ccg", majority_percent=12.5, learned="no")]
    line = cells(markdown.intermediate(Tables(intermediate=rows)).splitlines(), "`nano`")[0]
    assert line[3:9] == ["`ccg`, accuracy", "9", "33.3", "12.5", "50.0 [40.0, 60.0]", "no"]
    assert line[-1] == "-"  # nothing was trained after the phase
