"""The report against a small grid of files whose gains are worked by hand."""

import pytest
from matplotlib import pyplot

from tests.report.small_grid import MODELS, Grid, share
from waystation.report import summary, tables
from waystation.report.figures import gains as figure_of_gains
from waystation.report.figures import languages, speed
from waystation.report.scores import Score, distinct, labelled
from waystation.report.text import WIDTH, parts, score_table

LANGUAGES = ("en", "qda", "qdb")
RECIPES = ("random", "none", "mnli", "ccg", "sequential/two/2")
GROUPS = {"pairs": ("mnli", "mnli_more"), "words": ("udpos",)}

# Right answers in percent in en, qda and qdb.
XNLI = {"random": (40, 30, 30), "none": (60, 50, 40), "mnli": (80, 60, 50), "ccg": (60, 50, 40)}
XNLI["sequential/two/2"] = (70, 80, 70)
MORE = dict.fromkeys(RECIPES, (60, 70, 60)) | {"mnli": (60, 70, 80)}


@pytest.fixture
def small(tmp_path):
    """Two recipes have not run on the words; `mnli_more` was trained on en and qda."""
    made = Grid(tmp_path, ["pico"], RECIPES, LANGUAGES, GROUPS, {"two": ("mnli", "ccg")})
    for recipe in RECIPES:
        parts = [
            {code: share(p) for code, p in zip(LANGUAGES, values[recipe], strict=True)}
            for values in (XNLI, MORE)
        ]
        targets = {
            "mnli": (["en"], {"xnli": parts[0]}),
            "mnli_more": (["en", "qda"], {"xnli": parts[1]}),
        }
        made.score("pairs", "pico", recipe, targets)
        made.align("pico", recipe, 30.0)
    for recipe in ("none", "mnli"):
        made.score("words", "pico", recipe, {"udpos": (["en"], {"udpos": parts_of_words()})})
    cell = {"model": "pico", "language": "en", "tokens_per_sec": 100.0}
    made.benchmark(
        "pairs",
        [
            cell | {"recipe": recipe, "target": target, "task": "xnli"}
            for recipe in (*RECIPES, "dropped")
            for target in GROUPS["pairs"]
        ],
    )
    return made


def parts_of_words():
    return {code: share(50) for code in LANGUAGES}


@pytest.fixture
def made(small):
    return small.tables()


def row(rows, **wanted):
    found = [r for r in rows if all(r[key] == value for key, value in wanted.items())]
    assert len(found) == 1
    return found[0]


def test_gains_are_paired_differences_of_zero_shot_means(made):
    found = row(made["gains"], recipe="mnli", task="xnli")
    assert found["zero_shot_percent"] == pytest.approx(55)  # (60 + 50) / 2, without English
    assert found["gain"] == pytest.approx(10)  # over (50 + 40) / 2
    assert found["oracle_percent"] == pytest.approx(56)
    same = row(made["gains"], recipe="ccg", task="xnli")  # answers as `none`, one by one
    assert (same["gain"], same["low"], same["high"]) == (0, 0, 0)
    assert found["low"] < 10 < found["high"]


def test_zero_shot_leaves_out_the_languages_of_the_fine_tuning(made):
    found = row(made["gains"], recipe="mnli", task="xnli+1")
    assert found["target"] == "mnli_more"
    assert found["zero_shot_percent"] == pytest.approx(80)  # qdb alone
    assert found["other_languages_percent"] == pytest.approx(75)  # qda and qdb
    assert found["gain"] == pytest.approx(20)
    trained = {r["language"]: r["trained"] for r in made["scores"] if r["task"] == "xnli+1"}
    assert trained == {"en": "yes", "qda": "yes", "qdb": "no"}


def test_gains_by_language_keep_the_order_of_distance(made):
    found = [r for r in made["scores"] if (r["recipe"], r["task"]) == ("mnli", "xnli")]
    assert [r["language"] for r in found] == list(LANGUAGES)
    assert [r["gain"] for r in found] == pytest.approx([20, 10, 10])


def test_a_cell_that_has_not_run_is_told(small, made):
    missing = [r for r in made["scores"] if r["status"] == "not run"]
    assert [r["recipe"] for r in missing] == ["random", "ccg", "sequential/two/2"]
    assert {(r["target"], r["task"]) for r in missing} == {("udpos", "udpos")}
    told = summary.summary(small.scores(), made)
    assert told["not_run_cells"] == 3
    assert "udpos" not in told["scores"]["pico"]["ccg"]
    text = score_table(made, small.suite)
    assert text.count("not run") == 3


def test_the_grid_comes_from_the_parameters(small):
    """A folder of a recipe that is no longer in the grid changes nothing."""
    before = small.tables()
    old = small.folder / "align" / "pico" / "dropped.json"
    old.write_text(old.with_name("none.json").read_text())
    assert small.tables() == before
    assert {r["recipe"] for r in before["cost"]} == set(RECIPES)


def test_a_target_of_which_nothing_has_run_still_has_its_column(tmp_path):
    made = Grid(tmp_path, ["pico"], ["none"], LANGUAGES, {"words": ("udpos",)})
    assert [(s.label, s.languages) for s in made.scores()] == [("udpos", {})]
    text = score_table(made.tables(), made.suite)
    assert "udpos" in text
    assert "not run" in text
    summary.write_plots(tmp_path / "plots", made.tables())  # figures that say so


def test_the_sequence_begins_with_the_baseline_and_the_single_recipe(made):
    found = [r for r in made["sequence"] if r["task"] == "xnli"]
    assert [r["recipe"] for r in found] == ["none", "mnli", "sequential/two/2"]
    assert [r["length"] for r in found] == [0, 1, 2]
    assert [r.get("added") for r in found[1:]] == ["mnli", "ccg"]
    assert [r["zero_shot_percent"] for r in found] == pytest.approx([45, 55, 75])


def test_a_sequence_of_one_has_its_own_name_where_the_single_recipe_is_absent():
    length = lambda k, recipes: tables.recipe_of_length("o", ("mnli", "ccg"), k, recipes, "none")
    assert length(1, {"sequential/o/1"}) == "sequential/o/1"
    assert length(1, {"sequential/o/1", "mnli"}) == "mnli"


def test_labels_of_two_targets_stay_apart(made):
    assert labelled("xnli", ("en",)) == "xnli"
    assert labelled("xnli", ("en", "de", "sw")) == "xnli+2"
    labels = {(r["target"], r["task"]) for r in made["cost"]}
    assert labels == {("mnli", "xnli"), ("mnli_more", "xnli+1")}
    one = Score("pico", "none", "a", "xnli", "xnli", "", "", ("en",), {})
    two = Score("pico", "none", "b", "xnli", "xnli", "", "", ("en",), {})
    assert [s.label for s in distinct([one, two, one])] == ["xnli", "xnli@b", "xnli"]


def test_retrieval_is_told_at_the_layers_that_count(small, made):
    """Layer 1 is the protocol's, layer 2 the one that qda chose for qdb."""
    told = summary.summary(small.scores(), made)["scores"]["pico"]["ccg"]
    assert told["tatoeba"] == {
        "margin_to_english_percent": 31,
        "unshared_margin_to_english_percent": 31,
        "protocol_layer": 1,
        "protocol_layer_no_special": 1,
        "protocol_layer_languages": 2,
        "protocol_layer_cosine_from_english_percent": 34,
        "protocol_layer_no_special_cosine_from_english_percent": 34,
        "protocol_layer_same_languages_cosine_from_english_percent": 34,
        "protocol_layer_same_languages_no_special_cosine_from_english_percent": 34,
        "development_layer": 2,
        "development_layer_no_special": 2,
        "development_layer_languages": 1,
        "development_layer_cosine_from_english_percent": 38,
        "development_layer_no_special_cosine_from_english_percent": 38,
    }
    assert told["bucc"]["protocol_layer_f1_percent"] == 32
    assert "development_layer" not in told["bucc"]
    assert {r["f1_percent"] for r in made["mining"]} == {30.0, 32.0, 34.0}
    assert {r["accuracy_percent"] for r in made["identity"]} == {90.0, 89.0, 88.0}


def test_the_encoders_measures_are_printed_beside_chance(small, made):
    lines = score_table(made, small.suite).splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("encoders"))
    assert lines[start].split()[3:] == [
        *("tatoeba", "all", "tatoeba", "unshared", "bucc", "F1"),
        *("tatoeba", "CKA", "tatoeba", "kept", "identity"),
    ]
    assert lines[start + 1].split() == ["chance", "2.0", "2.0", "0.4", "-", "-", "16.7"]
    none = next(line for line in lines[start:] if line.startswith("  none"))
    assert none.split() == ["none", "31.0", "31.0", "32.0", "0.50", "1.00", "89.0"]


def test_the_table_of_retrieval_says_on_what_and_with_what_spread(made):
    wanted = {"recipe": "ccg", "task": "tatoeba", "pooling": "all tokens"}
    found = row(made["retrieval"], **wanted, layer_by="development")
    assert (found["scored"], found["languages"], found["n"]) == ("others", 1, 50)
    assert (found["layer"], found["development_languages"]) == (2, "qda")
    assert found["score_percent"] == 38
    # 19 of 50 right, counted as 21 of 54: 1.96 * sqrt(.3889 * .6111 / 54) = 13.00 points.
    assert found["high_percent"] - 38 == pytest.approx(13.00, abs=0.01)
    both = row(made["retrieval"], **wanted, layer_by="protocol", scored="all")
    same = row(made["retrieval"], **wanted, layer_by="protocol", scored="others")
    assert (both["languages"], both["n"], same["languages"], same["n"]) == (2, 100, 1, 50)
    # Two languages alike: the interval of their mean is narrower by the root of two.
    assert (same["high_percent"] - 34) / (both["high_percent"] - 34) == pytest.approx(2**0.5)


def test_the_printed_tables_of_retrieval(small, made):
    text = score_table(made, small.suite)
    lines = text.splitlines()
    head = next(line for line in lines if line.startswith("tatoeba, cosine from English"))
    assert head.endswith("protocol, others  chosen, others")
    shown = lines[lines.index(head) + 2 :]
    assert shown[0].split() == ["random", *["34.0", "(34.0)", "34.0", "(34.0)", "38.0", "(38.0)"]]
    mined = next(i for i, line in enumerate(lines) if line.startswith("bucc, F1"))
    assert lines[mined + 2].split() == ["random", "32.0", "(1.0)", "-", "-"]
    assert text.count("best on qda; others: all but these") == 1
    assert max(map(len, lines)) <= WIDTH


def test_layer_parameters_are_those_of_the_encoder():
    import torch

    from waystation.encoder.encoder import new_encoder
    from waystation.training.pretraining import shape

    encoder = new_encoder(shape(MODELS["pico"], 99), torch.Generator().manual_seed(0))
    embeddings = sum(p.numel() for p in encoder.embeddings.parameters())
    whole = sum(p.numel() for p in encoder.parameters())
    assert tables.layer_parameters(MODELS["pico"]) == whole - embeddings


def test_a_task_without_any_gain_has_a_panel_and_the_baseline_no_line(monkeypatch, tmp_path):
    still, moved = (0.0, 0.0, 0.0), (5.0, 2.0, 8.0)
    found = {("none", "a"): still, ("none", "b"): still, ("ccg", "a"): still, ("ccg", "b"): moved}
    rows = [
        {"model": "pico", "recipe": recipe, "task": task, "gain": gain, "low": low, "high": high}
        for (recipe, task), (gain, low, high) in found.items()
    ]
    drawn = []
    monkeypatch.setattr(figure_of_gains, "intervals", lambda shown, *rest: drawn.append(shown))
    figure_of_gains.draw({"gains": rows, "scores": rows}, tmp_path / "gains.png")
    assert [(row["recipe"], row["task"]) for row in drawn[0]] == [("ccg", "a"), ("ccg", "b")]


def test_a_recipe_has_the_same_colour_in_all_panels(monkeypatch, tmp_path):
    cells = [("pico", "none", 40), ("pico", "ccg", 30), ("nano", "none", 30), ("nano", "ccg", 50)]
    gains, cost = [], []
    for model, recipe, score in cells:
        named = {"model": model, "recipe": recipe, "task": "xnli"}
        gains.append(named | {"zero_shot_percent": score})
        cost.append(named | {"tokens_per_sec": 1000 * score})
    colours = {}

    def keep(axes, points, found, apart):
        colours[len(colours)] = {recipe: found[recipe] for recipe in points}

    monkeypatch.setattr(speed, "draw_points", keep)
    speed.draw({"gains": gains, "cost": cost}, tmp_path / "speed.png")
    assert colours[0] == colours[1] == {"none": "C0", "ccg": "C1"}


def test_names_stand_apart_and_within_the_panel():
    places = speed.spread([0.1, 0.11, 0.5, 0.95, 0.97, 0.98], 0.1)
    assert places == pytest.approx([0.1, 0.2, 0.5, 0.8, 0.9, 1.0])


def test_printed_tables_stay_within_their_width(tmp_path):
    """Many tasks and recipes with long names: columns go below one another, none is lost."""
    tasks = [f"task_{i:02}" for i in range(14)]
    recipes = ["random", "none", *(f"sequential/nine_tasks/{k}" for k in range(2, 10))]
    gains = [
        {"model": m, "recipe": r, "task": t, "type": "tagging", "chance_percent": 50.0}
        | {"zero_shot_percent": 100.0, "gain": -50.0, "low": -60.0, "high": -40.0}
        for m in MODELS
        for r in recipes
        for t in tasks
    ]
    scores = [g | {"status": "run", "seeds": 3, "language": "qda"} for g in gains]
    made = {"gains": gains, "scores": scores, "alignment": [], "mining": [], "identity": []}
    made["retrieval"] = []
    lines = score_table(made, Grid(tmp_path, MODELS, recipes, (), {}).suite).splitlines()
    assert max(map(len, lines)) <= WIDTH
    shown = "\n".join(lines)
    assert all(shown.count(task) == 1 for task in tasks)
    assert shown.count("100.0 -50.0*") == 14 * 8 * 2
    assert "fine-tuning seeds: 3" in shown


def test_columns_take_their_own_width_and_none_is_lost():
    assert parts([10, 30, 10, 50, 120, 5], 60) == [[0, 1, 2], [3], [4], [5]]
    assert parts([120, 5], 60) == [[0], [1]]


def test_tables_and_figures_are_the_same_bytes_each_time(small, made, tmp_path):
    for name in ("one", "two"):
        summary.write_plots(tmp_path / name, made)
    files = sorted(file.name for file in (tmp_path / "one").iterdir())
    assert {"gains.csv", "results.md", "languages.png", "size.png", "speed.png"} <= set(files)
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_panels_of_many_languages_stand_below_one_another(tmp_path):
    """However many languages other tasks have: no picture is wider than one can scroll."""
    rows = [
        {"status": "run", "model": "mini", "recipe": "none", "task": task, "language": f"l{code}"}
        | {"score_percent": 50.0}
        for task, codes in (("one", range(40)), ("two", range(40, 80)), ("three", range(3)))
        for code in codes
    ]
    languages.draw({"scores": rows}, tmp_path / "languages.png")
    height, width = pyplot.imread(tmp_path / "languages.png").shape[:2]
    assert width < 2000
    assert height > 300
