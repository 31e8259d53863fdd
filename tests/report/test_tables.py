"""The tables against small grids whose scores are worked by hand."""

from dataclasses import replace

import pytest

from tests.report.small_grid import LANGUAGES, MODELS, row, task_score
from waystation.params.schema import Multitask
from waystation.report import markdown, tables
from waystation.report.records import Estimate
from waystation.report.tables import layer_parameters, pairs

ZERO = Estimate(0.0, 0.0, 0.0)  # on one seed; several seeds have a p-value


def test_gains_are_paired_differences_of_zero_shot_means(one_model):
    gains = one_model.tables().gains
    mnli = row(gains, recipe="mnli", task="xnli")
    assert mnli.zero_shot.value == pytest.approx(55)  # (60 + 50) / 2, without English
    assert mnli.gain.value == pytest.approx(10)  # over (50 + 40) / 2
    assert mnli.oracle_percent == pytest.approx(56)
    assert mnli.gain.low < 10 < mnli.gain.high
    assert row(gains, recipe="ccg", task="xnli").gain == ZERO  # answers as `none`, one by one


def test_zero_shot_leaves_out_the_languages_of_the_fine_tuning(one_model):
    made = one_model.tables()
    mnli = row(made.gains, recipe="mnli", task="xnli+1")
    assert mnli.target == "mnli_more"
    assert mnli.zero_shot.value == pytest.approx(80)  # qdb alone
    assert mnli.other_languages.value == pytest.approx(75)  # qda and qdb
    assert mnli.gain.value == pytest.approx(20)
    trained = {score.language: score.trained for score in made.scores if score.task == "xnli+1"}
    assert trained == {"en": "yes", "qda": "yes", "qdb": "no"}


def test_gains_by_language_keep_the_order_of_distance(one_model):
    rows = [r for r in one_model.tables().scores if (r.recipe, r.task) == ("mnli", "xnli")]
    assert [r.language for r in rows] == list(LANGUAGES)
    assert [r.gain.value for r in rows] == pytest.approx([20, 10, 10])


def test_a_cell_that_has_not_run_has_a_row(one_model):
    missing = [r for r in one_model.tables().scores if r.status == "not run"]
    assert [r.recipe for r in missing] == ["random", "ccg", "sequential/two/2"]
    assert {(r.target, r.task, r.language, r.score) for r in missing} == {
        ("udpos", "udpos", None, None)
    }


def test_the_grid_comes_from_the_parameters(one_model):
    """A folder of a recipe that is no longer in the grid changes nothing."""
    before = one_model.tables()
    old = one_model.folder / "align" / "pico" / "dropped.json"
    old.write_text(old.with_name("none.json").read_text())
    assert one_model.tables() == before
    assert {r.recipe for r in before.cost} == set(one_model.suite.recipes)


def test_the_sequence_begins_with_the_baseline_and_the_single_recipe(one_model):
    steps = [r for r in one_model.tables().sequence if r.task == "xnli"]
    assert [r.recipe for r in steps] == ["none", "mnli", "sequential/two/2"]
    assert [r.length for r in steps] == [0, 1, 2]
    assert [r.added for r in steps] == [None, "mnli", "ccg"]
    assert [r.zero_shot.value for r in steps] == pytest.approx([45, 55, 75])


def test_the_same_tasks_in_no_order_stand_at_the_sequence_s_length(one_model):
    suite = one_model.suite
    sets = {"two": Multitask(("ccg", "mnli"), 1, 1), "other": Multitask(("ccg", "qqp"), 1, 1)}
    suite = replace(suite, multitask=sets)
    recipes = ["none", "mnli", "sequential/two/2", "multitask/two", "merged/ties/two"]
    gains = [task_score(recipe=recipe) for recipe in [*recipes, "multitask/other"]]
    rows = tables.sequence_rows(gains, suite)
    at_once = {(r.recipe, r.length, r.added) for r in rows if r.order == r.recipe}
    assert at_once == {("multitask/two", 2, None), ("merged/ties/two", 2, None)}
    assert [r.recipe for r in rows if r.order == "two"] == recipes[:3]


def test_a_sequence_of_one_has_its_own_name_where_the_single_recipe_is_absent():
    length = lambda k, recipes: tables.recipe_of_length("o", ("mnli", "ccg"), k, recipes, "none")
    assert length(1, {"sequential/o/1"}) == "sequential/o/1"
    assert length(1, {"sequential/o/1", "mnli"}) == "mnli"
    assert length(2, {"sequential/o/1", "sequential/other/2"}) is None


def test_the_larger_model_less_the_smaller_is_a_paired_difference(two_models):
    sizes = two_models.tables().sizes
    xnli = row(sizes, recipe="none", task="xnli")
    assert (xnli.model, xnli.smaller_model) == ("nano", "pico")
    assert xnli.difference.value == pytest.approx(25)  # (80 + 60) / 2 less (50 + 40) / 2
    assert 0 < xnli.difference.low < 25 < xnli.difference.high
    assert (xnli.n, xnli.seeds) == (40, 2)
    mlqa = row(sizes, recipe="none", task="mlqa")  # answers as the smaller, one by one
    assert mlqa.difference == Estimate(0.0, 0.0, 0.0, p_value=1.0)
    assert "sequential/two/2" not in {r.recipe for r in sizes}


def test_two_seeds_of_one_size_are_no_pair():
    assert pairs(MODELS | {"nano_s1": MODELS["nano"]}) == [("nano", "pico"), ("nano_s1", "pico")]


def test_layer_parameters_are_those_of_the_encoder():
    import torch

    from waystation.encoder.encoder import new_encoder
    from waystation.training.pretraining import shape

    encoder = new_encoder(shape(MODELS["pico"], 99), torch.Generator().manual_seed(0))
    embeddings = sum(p.numel() for p in encoder.embeddings.parameters())
    whole = sum(p.numel() for p in encoder.parameters())
    assert layer_parameters(MODELS["pico"]) == whole - embeddings


def test_pretraining_has_a_row_a_language_and_one_of_the_zero_shot_mean(two_models):
    pretraining = two_models.tables().pretraining
    rows = [r for r in pretraining if (r.model, r.task) == ("pico", "xnli")]
    assert [r.language for r in rows] == [*LANGUAGES, "mean"]
    assert [r.difference.value for r in rows] == pytest.approx([20, 0, 10, 5])
    assert (rows[1].difference.low, rows[1].difference.high) == (0, 0)
    assert (rows[3].n, rows[3].seeds) == (40, 2)
    assert row(pretraining, model="nano", task="xnli", language="mean").difference.low > 0


def test_chance_is_the_mean_over_the_languages_that_are_shown(two_models):
    scores = two_models.scores()
    xnli = next(score for score in scores if score.task == "xnli")
    levels = {"en": 50.0, "qda": 10.0, "qdb": 20.0}
    for code, level in levels.items():
        object.__setattr__(xnli.languages[code], "chance", level)
    made = two_models.tables(scores)
    rows = [r.chance_percent for r in made.scores if (r.model, r.task) == ("pico", "xnli")]
    assert rows[:3] == [50, 10, 20]
    assert row(made.gains, model="pico", recipe="random", task="xnli").chance_percent == 15
    object.__setattr__(xnli.languages["qda"], "chance", None)
    assert xnli.chance(xnli.zero_shot()) is None


def test_the_table_of_retrieval_says_on_what_and_with_what_spread(one_model):
    retrieval = one_model.tables().retrieval
    wanted = {"recipe": "ccg", "task": "tatoeba", "pooling": "all tokens"}
    chosen = row(retrieval, **wanted, layer_by="development")
    assert (chosen.scored, chosen.languages, chosen.n) == ("others", 1, 50)
    assert (chosen.layer, chosen.development_languages) == (2, "qda")
    assert chosen.score_percent == 38
    # 19 of 50 right, counted as 21 of 54: 1.96 * sqrt(.3889 * .6111 / 54) = 13.00 points.
    assert chosen.high_percent - 38 == pytest.approx(13.00, abs=0.01)
    every = row(retrieval, **wanted, layer_by="protocol", scored="all")
    others = row(retrieval, **wanted, layer_by="protocol", scored="others")
    assert (every.languages, every.n, others.languages, others.n) == (2, 100, 1, 50)
    # Two languages alike: the interval of their mean is narrower by the root of two.
    assert (others.high_percent - 34) / (every.high_percent - 34) == pytest.approx(2**0.5)


def test_measures_of_an_encoder_have_a_row_a_layer(one_model):
    made = one_model.tables()
    assert {r.measured["f1_percent"] for r in made.mining} == {30.0, 32.0, 34.0}
    assert {r.measured["accuracy_percent"] for r in made.identity} == {90.0, 89.0, 88.0}


@pytest.mark.parametrize(
    ("grid", "over"), [("one_model", "rows"), ("two_models", "rows and seeds")]
)
def test_a_row_says_over_what_its_intervals_run(grid, over, request):
    made = request.getfixturevalue(grid).tables()
    rows = [r for r in made.scores if r.status == "run"]
    for table in (rows, made.gains, made.pretraining, made.sequence, made.sizes):
        assert {r.interval for r in table} <= {over}
    assert {r.interval for r in made.gains} == {over}
    assert {r.interval for r in made.retrieval if r.low_percent is not None} == {"rows"}
    tested = {r.gain.p_value is not None for r in made.gains}
    assert tested == {over != "rows"}  # one seed says nothing of another


def test_whether_a_recipe_has_learned_stands_in_the_row_of_its_gain(one_model):
    """Above the larger of chance and majority with the interval; where neither is, above 0."""
    one_model.train("pico", "mnli", {"mnli": (43.0, 5.0, 33.3, None)})  # 33.2 to 52.8
    one_model.train("pico", "ccg", {"ccg": (9.9, 5.0, None, None)})
    both = {"mnli": (49.0, 5.0, 33.3, 40.0)}, {"ccg": (80.0, 5.0, None, 40.0)}
    one_model.train("pico", "sequential/two/2", *both, mnli=(-8.0, 2.0))
    made = one_model.tables()
    learned = {r.recipe: r.learned for r in made.gains if r.task == "xnli"}
    assert learned == {
        **{"random": None, "none": None},
        **{"mnli": "no", "ccg": "yes", "sequential/two/2": "no"},
    }
    for table in (made.scores, made.sequence):
        rows = [r for r in table if r.task == "xnli"]
        assert {r.recipe: r.learned for r in rows}.items() <= learned.items()
    (first, second) = [r for r in made.intermediate if r.recipe == "sequential/two/2"]
    assert (first.phase, first.task, first.learned) == (1, "mnli", "no")  # 39.2 is below 40
    assert (second.phase, second.task, second.learned) == (2, "ccg", "yes")
    assert first.english.low == pytest.approx(49 - 1.96 * 5, abs=0.01)
    assert (first.change.value, second.change) == (-8.0, None)
    assert first.change.high == pytest.approx(-8 + 1.96 * 2, abs=0.01)


def test_what_a_recipe_keeps_of_retrieval_is_paired_by_sentence(one_model):
    """At the protocol's layer, 1: 6 of 50 sentences after MNLI, 11 before; the others keep all."""
    made = one_model.tables().retention
    assert {found.recipe for found in made} == {"mnli", "ccg", "sequential/two/2"}
    (kept,) = (
        found
        for found in made
        if (found.recipe, found.measure, found.layer) == ("mnli", "margin_to_english", 1)
    )
    assert (kept.score.value, kept.difference.value) == (12, pytest.approx(-10))
    assert kept.retained.value == pytest.approx(100 * 6 / 11)
    # The five sentences that are lost: 196 * sqrt(0.1 * 0.9 / 50) = 8.3 points.
    assert kept.difference.high - kept.difference.value == pytest.approx(8.3, abs=0.8)
    assert (kept.n, kept.languages, kept.relative_depth) == (50, 2, 0.5)
    same = [found for found in made if found.recipe == "ccg"]
    assert all(found.difference.is_zero for found in same)


def test_other_weights_stand_beside_the_chosen_ones(one_model):
    """Means over the languages of zero-shot transfer and over seeds, by hand."""
    one_model.snapshots(
        "pairs", "pico", "none", "mnli", {0: 61.0},
        [
            ("xnli", "last", {"en": {"0": 1.0}, "qda": {"0": 40.0}, "qdb": {"0": 50.0}}),
            ("xnli", "mean of seeds", {"en": {"all": 1}, "qda": {"all": 70}, "qdb": {"all": 80}}),
        ],
    )  # fmt: skip
    made = one_model.tables()
    (row,) = made.weights
    own = next(r for r in made.gains if (r.recipe, r.task) == ("none", "xnli"))
    assert row.chosen_percent == own.zero_shot.value
    assert (row.last_percent, row.seeds_percent, row.snapshots_percent) == (45.0, 75.0, None)
    (english,) = made.english
    assert (english.recipe, english.target, english.english_percent) == ("none", "mnli", 61.0)
    text = markdown.weights(made)
    assert f"| `xnli` | 1 | {row.chosen_percent:.1f} | 45.0 | - | 75.0 |" in text
