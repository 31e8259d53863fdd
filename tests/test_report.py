"""The report against a small grid of files whose gains are worked by hand."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from stages import encoder_tables, grid, printed, report, tables
from stages.settings import ScratchModel

MODELS = {
    "pico": ScratchModel(2, 64, 2, 128, 130, 0.1, 0.0, 0),
    "nano": ScratchModel(2, 128, 4, 256, 130, 0.1, 0.0, 0),
}


class Grid:
    """Writes the files that the report reads; shares of right answers are told per language."""

    def __init__(self, folder, models, recipes, languages, groups, orders=None, seeds=(0,)):
        self.folder, self.seeds = folder, seeds
        self.run = SimpleNamespace(
            inputs={
                name: folder / name for name in ("scores", "predictions", "align", "benchmark")
            },
            settings=SimpleNamespace(
                suite="pocket",
                languages=tuple(languages),
                models={name: MODELS[name] for name in models},
                cells=tuple((model, recipe) for model in models for recipe in recipes),
                orders=orders or {},
                target=SimpleNamespace(groups=groups),
                report=SimpleNamespace(resamples=200, baseline="none"),
            ),
        )

    def score(self, group, model, recipe, targets, n=40, draw=None):
        """targets {target: (languages trained on, {task: {language: points of the examples}})}."""
        told = {"group": group, "model": model, "recipe": recipe, "targets": {}}
        for target, (trained_on, served) in targets.items():
            entry = {"languages": trained_on, "tasks": {}}
            for task, languages in served.items():
                entry["tasks"][task] = self.task(group, model, recipe, target, task, languages)
            told["targets"][target] = entry
        self.write(f"scores/{group}/{model}/{recipe}.json", told)

    def task(self, group, model, recipe, target, task, languages):
        told = {"main_score": "accuracy_percent", "chance_percent": 25.0, "languages": {}}
        for code, points in languages.items():
            for seed in self.seeds:
                home = f"predictions/{group}/{model}/{recipe}/{target}/{seed}/{task}"
                file = self.folder / home / f"{code}.jsonl"
                file.parent.mkdir(parents=True, exist_ok=True)
                rows = [
                    {"id": str(i), "prediction": 0, "points": {"accuracy": [float(p), 1.0]}}
                    for i, p in enumerate(points)
                ]
                file.write_text("".join(json.dumps(row) + "\n" for row in rows))
            percent = 100 * float(np.mean(points))
            one = {"accuracy_percent": percent, "oracle_percent": percent + 1}
            seeds = {str(seed): one for seed in self.seeds}
            told["languages"][code] = {"n": len(points), "seeds": seeds}
        return told

    def align(self, model, recipe, value, languages=("qda", "qdb"), layers=3):
        names = ("margin_to_english_percent", "unshared_margin_to_english_percent")
        cosine = ("cosine_from_english_percent", "no_special_cosine_from_english_percent")
        layer = [
            {"layer": i} | dict.fromkeys(names, value + i) | dict.fromkeys(cosine, value + 4 * i)
            for i in range(layers)
        ]
        f1 = [{"layer": i, "f1_percent": value + 2 * i, "threshold": 1.0} for i in range(layers)]
        f1 = [found | {"no_special_f1_percent": 1.0} for found in f1]
        chosen = {"chosen_on": ["qda"], "scored_on": ["qdb"]}
        chosen["layers"] = dict.fromkeys(cosine, 2)
        told = {
            "model": model,
            "recipe": recipe,
            "tasks": {
                "tatoeba": {
                    code: {"n": 50, "chance_percent": 2.0, "layers": layer} for code in languages
                }
            },
            "protocol_layer": 1,
            "development": {"tatoeba": chosen, "bucc": None},
            "mining": {"bucc": {code: {"n_gold": 10, "layers": f1} for code in languages}},
            "language_identity": {
                "n": 60,
                "chance_percent": 16.7,
                "layers": [{"layer": i, "accuracy_percent": 90.0 - i} for i in range(layers)],
            },
        }
        self.write(f"align/{model}/{recipe}.json", told)

    def benchmark(self, group, cells):
        names = ("latency_p50_ms", "latency_p95_ms", "latency_p99_ms", "examples_per_sec")
        cells = [cell | dict.fromkeys(names, 1.5) for cell in cells]
        self.write(f"benchmark/{group}.json", {"cells": cells})

    def write(self, name, told):
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(told))


def share(percent, n=40):
    """Points of n examples of which a share is right."""
    return [float(i < round(percent / 100 * n)) for i in range(n)]


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
    return made.run


def parts_of_words():
    return {code: share(50) for code in LANGUAGES}


@pytest.fixture
def made(small):
    return tables.make(grid.read_scores(small), small)


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
    told = report.summary(grid.read_scores(small), made)
    assert told["not_run_cells"] == 3
    assert "udpos" not in told["scores"]["pico"]["ccg"]
    text = printed.score_table(made, small.settings)
    assert text.count("not run") == 3


def test_the_grid_comes_from_the_parameters(small):
    """A folder of a recipe that is no longer in the grid changes nothing."""
    before = tables.make(grid.read_scores(small), small)
    old = small.inputs["align"] / "pico" / "dropped.json"
    old.write_text((small.inputs["align"] / "pico" / "none.json").read_text())
    assert tables.make(grid.read_scores(small), small) == before
    assert {r["recipe"] for r in before["cost"]} == set(RECIPES)


def test_a_target_of_which_nothing_has_run_still_has_its_column(tmp_path):
    made = Grid(tmp_path, ["pico"], ["none"], LANGUAGES, {"words": ("udpos",)})
    scores = grid.read_scores(made.run)
    assert [(s.label, s.languages) for s in scores] == [("udpos", {})]
    text = printed.score_table(tables.make(scores, made.run), made.run.settings)
    assert "udpos" in text
    assert "not run" in text
    report.write_plots(tmp_path / "plots", tables.make(scores, made.run))  # figures that say so


def test_the_sequence_begins_with_the_baseline_and_the_single_recipe(made):
    found = [r for r in made["sequence"] if r["task"] == "xnli"]
    assert [r["recipe"] for r in found] == ["none", "mnli", "sequential/two/2"]
    assert [r["length"] for r in found] == [0, 1, 2]
    assert [r["zero_shot_percent"] for r in found] == pytest.approx([45, 55, 75])


def test_a_sequence_of_one_has_its_own_name_where_the_single_recipe_is_absent():
    length = lambda k, recipes: tables.recipe_of_length("o", ("mnli", "ccg"), k, recipes, "none")
    assert length(1, {"sequential/o/1"}) == "sequential/o/1"
    assert length(1, {"sequential/o/1", "mnli"}) == "mnli"


def test_labels_of_two_targets_stay_apart(made):
    assert grid.labelled("xnli", ("en",)) == "xnli"
    assert grid.labelled("xnli", ("en", "de", "sw")) == "xnli+2"
    labels = {(r["target"], r["task"]) for r in made["cost"]}
    assert labels == {("mnli", "xnli"), ("mnli_more", "xnli+1")}
    one = grid.Score("pico", "none", "a", "xnli", "xnli", "", "", None, ("en",), {})
    two = grid.Score("pico", "none", "b", "xnli", "xnli", "", "", None, ("en",), {})
    assert [s.label for s in grid.distinct([one, two, one])] == ["xnli", "xnli@b", "xnli"]


def test_retrieval_is_told_at_the_layers_that_count(small, made):
    """Layer 1 is the protocol's, layer 2 the one that qda chose for qdb."""
    told = report.summary(grid.read_scores(small), made)["scores"]["pico"]["ccg"]
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


def test_a_language_is_never_scored_at_the_layer_it_chose(small):
    def language(*values):
        measures = ("cosine_from_english_percent", "no_special_cosine_from_english_percent")
        layers = [{"layer": i} | dict.fromkeys(measures, v) for i, v in enumerate(values)]
        return {"n": 50, "layers": layers}

    told = {"tasks": {"tatoeba": {"qda": language(0.0, 90.0), "qdb": language(20.0, 10.0)}}}
    told |= {"mining": {}, "protocol_layer": 0}
    told["development"] = {"tatoeba": {"chosen_on": ["qda"], "scored_on": ["qdb"]}}
    layers = {name: 1 for name in told["tasks"]["tatoeba"]["qda"]["layers"][0] if name != "layer"}
    told["development"]["tatoeba"]["layers"] = layers
    rows = encoder_tables.chosen_rows({}, told, small.settings)
    scores = {(r["layer_by"], r["scored"]): r["score_percent"] for r in rows}
    assert scores == {
        ("protocol", "all"): 10.0,
        ("protocol", "others"): 20.0,
        ("development", "others"): 10.0,
    }


def test_the_printed_tables_of_retrieval(small, made):
    text = printed.score_table(made, small.settings)
    lines = text.splitlines()
    head = next(line for line in lines if line.startswith("tatoeba, cosine from English"))
    assert head.endswith("protocol, others    chosen, others")
    shown = lines[lines.index(head) + 2 :]
    assert shown[0].split() == ["random", *["34.0", "(34.0)", "34.0", "(34.0)", "38.0", "(38.0)"]]
    mined = next(i for i, line in enumerate(lines) if line.startswith("bucc, F1"))
    assert lines[mined + 2].split() == ["random", "32.0", "(1.0)", "-", "-"]
    assert text.count("best on qda; others: all but these") == 1
    assert max(map(len, lines)) <= printed.WIDTH


def test_layer_parameters_are_those_of_the_encoder():
    import torch

    from stages.encoder import new_encoder
    from stages.pretrain import shape

    encoder = new_encoder(shape(MODELS["pico"], 99), torch.Generator().manual_seed(0))
    embeddings = sum(p.numel() for p in encoder.embeddings.parameters())
    whole = sum(p.numel() for p in encoder.parameters())
    assert tables.layer_parameters(MODELS["pico"]) == whole - embeddings


def test_printed_tables_stay_within_their_width():
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
    settings = SimpleNamespace(
        suite="pocket",
        cells=[(model, recipe) for model in MODELS for recipe in recipes],
        report=SimpleNamespace(baseline="none"),
    )
    lines = printed.score_table(made, settings).splitlines()
    assert max(map(len, lines)) <= printed.WIDTH
    shown = "\n".join(lines)
    assert all(shown.count(task) == 1 for task in tasks)
    assert shown.count("100.0 -50.0*") == 14 * 8 * 2
    assert "fine-tuning seeds: 3" in shown


def test_tables_and_figures_are_the_same_bytes_each_time(small, made, tmp_path):
    for name in ("one", "two"):
        report.write_plots(tmp_path / name, made)
    files = sorted(file.name for file in (tmp_path / "one").iterdir())
    assert {"gains.csv", "sequence.csv", "languages.png", "size.png", "speed.png"} <= set(files)
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
