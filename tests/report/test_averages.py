"""The benchmarks' averages over our own scores, against those of `waystation.commands.score`."""

import random
from dataclasses import replace

import numpy as np
import pytest

from tests.conftest import ROOT
from waystation import tasks
from waystation.params.load import load_settings
from waystation.params.schema import Extra, Report
from waystation.report.averages import overall_rows
from waystation.report.scores import Language, Result, Score
from waystation.report.text import overall_tables
from waystation.xtreme import benchmarks

ENCODERS = {"tatoeba": "cosine_from_english_percent", "bucc": "f1_percent"}
MODULES = ("xnli", "pawsx", "udpos", "panx", "xquad", "mlqa", "tydiqa", *ENCODERS)
POCKET = load_settings(ROOT / "params.yaml")
SUITE = replace(
    POCKET,
    models={"nano": POCKET.models["nano"]},
    recipes=("none", "mnli"),
    extra=Extra(),
    report=Report(resamples=1, baseline="none"),
)


def drawn(languages: dict[str, list[str]]) -> dict:
    """{recipe: {task: {language: {metric: score}}}} as a scorer gives it."""
    draw = random.Random(0)
    pairs, spans = ("f1", "exact_match"), ("f1",)
    metrics = dict.fromkeys(MODULES, ("accuracy",))
    metrics |= dict.fromkeys(("udpos", "panx", "bucc"), spans)
    metrics |= dict.fromkeys(("xquad", "mlqa", "tydiqa"), pairs)
    return {
        recipe: {
            task: {code: {m: draw.uniform(0, 100) for m in metrics[task]} for code in codes}
            for task, codes in languages.items()
        }
        for recipe in SUITE.recipes
    }


def result(value: float) -> Result:
    return Result(value, np.array([value]))


def tables(points: dict) -> tuple[list[Score], dict[str, list[dict]]]:
    """What the report has of them; one layer above the protocol's is another score."""
    scores, encoders = [], {"alignment": [], "mining": []}
    for recipe, found in points.items():
        for task, languages in found.items():
            if task in ENCODERS:
                table = encoders["mining" if task == "bucc" else "alignment"]
                for code, told in languages.items():
                    row = {"model": "nano", "recipe": recipe, "task": task, "language": code}
                    row |= {"protocol_layer": 1}
                    table.append(row | {"layer": 1, ENCODERS[task]: next(iter(told.values()))})
                    table.append(row | {"layer": 2, ENCODERS[task]: 0.0})
                continue
            made = {}
            for code, told in languages.items():
                main = result(told.get("f1", told.get("accuracy")))
                exact = result(told["exact_match"]) if "exact_match" in told else None
                made[code] = Language(main.score, main.replicates, 100, 1, None, None, exact, None)
            scores.append(Score("nano", recipe, task, task, task, "", "", ("en",), made))
            more = {code: result(0.0) for code in languages}  # after more languages: not XTREME's
            scores.append(Score("nano", recipe, "more", task, f"{task}+2", "", "", ("en",), more))
    return scores, encoders


def test_they_are_those_of_the_scorer():
    names = {task: tasks.load(task).xtreme for task in MODULES}
    told = drawn({task: list(benchmarks.XTREME.tasks[names[task]].languages) for task in MODULES})
    everything = overall_rows(*tables(told), SUITE)
    rows = [row for row in everything if row["benchmark"] == "xtreme"]
    for recipe, found in told.items():
        expected = benchmarks.averages(benchmarks.XTREME, {names[t]: v for t, v in found.items()})
        ours = {r["tasks"]: r["score_percent"] for r in rows if r["recipe"] == recipe}
        averages = expected["groups"] | {"overall": expected["overall"]}
        assert {name: ours[name] for name in averages} == pytest.approx(averages)
        for task in MODULES:
            metrics = expected["tasks"][names[task]]
            both = [metrics[m] for m in ("accuracy", "f1", "exact_match") if m in metrics]
            assert ours[names[task]] == pytest.approx(np.mean(both))
    text = overall_tables(rows, SUITE).splitlines()
    assert text[1].split()[-5:] == ["classification", "tagging", "qa", "retrieval", "overall"]
    assert text[-1].split()[-1] == f"{ours['overall']:.1f}"
    gains = {(r["recipe"], r["tasks"]): r["gain"] for r in rows}
    assert gains["none", "overall"] == 0
    base = next(r for r in rows if (r["recipe"], r["tasks"]) == ("none", "overall"))
    assert gains["mnli", "overall"] == pytest.approx(ours["overall"] - base["score_percent"])


def test_a_missing_language_or_task_is_never_a_smaller_average():
    names = {task: tasks.load(task).xtreme for task in MODULES}
    languages = {task: list(benchmarks.XTREME.tasks[names[task]].languages) for task in MODULES}
    groups = {"tydiqa": "qa", "tatoeba": "retrieval", "pawsx": "classification"}
    whole = {*names.values(), *benchmarks.XTREME.groups, "overall"}
    for task, group in groups.items():
        for less in (languages | {task: languages[task][1:]}, {**languages}):
            if less == languages:
                del less[task]
            rows = overall_rows(*tables(drawn(less)), SUITE)
            rows = [row for row in rows if row["benchmark"] == "xtreme"]
            told = {row["tasks"] for row in rows}
            assert told == whole - {names[task], group, "overall"}
            shown = overall_tables(rows, SUITE)
            assert group not in shown
            assert "tagging" in shown


def test_a_generated_world_s_languages_take_the_benchmark_s_place():
    told = drawn({task: ["en", "qda", "qde"] for task in MODULES})
    told["mnli"].pop("bucc")
    rows = [r for r in overall_rows(*tables(told), SUITE) if r["benchmark"] == "xtreme"]
    assert {row["recipe"] for row in rows if row["tasks"] == "overall"} == {"none"}
    found = {row["tasks"]: row["score_percent"] for row in rows if row["recipe"] == "none"}
    values = [v["accuracy"] for task in ("xnli", "pawsx") for v in told["none"][task].values()]
    assert found["classification"] == pytest.approx(np.mean(values))
    pairs = [v for task in ("xquad", "mlqa", "tydiqa") for v in told["none"][task].values()]
    assert found["qa"] == pytest.approx(np.mean([(v["f1"] + v["exact_match"]) / 2 for v in pairs]))
