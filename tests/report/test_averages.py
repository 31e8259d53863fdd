"""The benchmarks' averages over our own scores, against those of `waystation.commands.score`."""

import random
from dataclasses import replace

import numpy as np
import pytest

from tests.conftest import FULL
from waystation import tasks
from waystation.params.grid import Extra
from waystation.params.load import load_settings
from waystation.params.schema import Report
from waystation.report.averages import overall_rows
from waystation.report.records import Average, LayerMeasures, Tables
from waystation.report.scores import Language, Result, Score
from waystation.report.text import overall_tables
from waystation.xtreme import benchmarks

ENCODERS = {"tatoeba": "cosine_from_english_percent", "bucc": "f1_percent"}
MODULES = ("xnli", "pawsx", "udpos", "panx", "xquad", "mlqa", "tydiqa", *ENCODERS)
POCKET = load_settings(FULL)
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
    return Result(value, np.array([value]), {"0": value})


def tables(points: dict) -> tuple[list[Score], Tables]:
    """What the report has of them; one layer above the protocol's is another score."""
    scores, encoders = [], Tables()
    for recipe, by_task in points.items():
        for task, languages in by_task.items():
            if task in ENCODERS:
                table = encoders.mining if task == "bucc" else encoders.alignment
                for code, metrics in languages.items():
                    table.append(layer(recipe, task, code, 1, next(iter(metrics.values()))))
                    table.append(layer(recipe, task, code, 2, 0.0))
                continue
            results = {}
            for code, metrics in languages.items():
                main = result(metrics.get("f1", metrics.get("accuracy")))
                second = {
                    name: result(metrics[name]) for name in ("exact_match",) if name in metrics
                }
                parts = main.score, main.replicates, main.by_seed
                results[code] = Language(*parts, 100, None, None, second)
            scores.append(Score("nano", recipe, task, task, task, "", "", ("en",), results))
            more = {code: result(0.0) for code in languages}  # after more languages: not XTREME's
            scores.append(Score("nano", recipe, "more", task, f"{task}+2", "", "", ("en",), more))
    return scores, encoders


def layer(recipe: str, task: str, code: str, number: int, score: float) -> LayerMeasures:
    return LayerMeasures(
        model="nano",
        recipe=recipe,
        protocol_layer=1,
        task=task,
        language=code,
        layer=number,
        measured={ENCODERS[task]: score},
    )


def rows_of_xtreme(points: dict) -> list[Average]:
    return [row for row in overall_rows(*tables(points), {}, SUITE) if row.benchmark == "xtreme"]


def test_they_are_those_of_the_scorer():
    names = {task: tasks.load(task).xtreme for task in MODULES}
    points = drawn({task: list(benchmarks.XTREME.tasks[names[task]].languages) for task in MODULES})
    rows = rows_of_xtreme(points)
    for recipe, by_task in points.items():
        expected = benchmarks.averages(benchmarks.XTREME, {names[t]: v for t, v in by_task.items()})
        scores = {row.tasks: row.score.value for row in rows if row.recipe == recipe}
        averages = expected["groups"] | {"overall": expected["overall"]}
        assert {name: scores[name] for name in averages} == pytest.approx(averages)
        for task in MODULES:
            metrics = expected["tasks"][names[task]]
            values = [metrics[m] for m in ("accuracy", "f1", "exact_match") if m in metrics]
            assert scores[names[task]] == pytest.approx(np.mean(values))
    text = overall_tables(rows, SUITE).splitlines()
    assert text[1].split()[-5:] == ["classification", "tagging", "qa", "retrieval", "overall"]
    assert text[-1].split()[-1] == f"{scores['overall']:.1f}"
    overall = {row.recipe: row for row in rows if row.tasks == "overall"}
    assert overall["none"].gain.is_zero
    difference = overall["mnli"].score.value - overall["none"].score.value
    assert overall["mnli"].gain.value == pytest.approx(difference)


def test_a_missing_language_or_task_is_never_a_smaller_average():
    names = {task: tasks.load(task).xtreme for task in MODULES}
    languages = {task: list(benchmarks.XTREME.tasks[names[task]].languages) for task in MODULES}
    groups = {"tydiqa": "qa", "tatoeba": "retrieval", "pawsx": "classification"}
    whole = {*names.values(), *benchmarks.XTREME.groups, "overall"}
    for task, group in groups.items():
        for less in (languages | {task: languages[task][1:]}, {**languages}):
            if less == languages:
                del less[task]
            rows = rows_of_xtreme(drawn(less))
            assert {row.tasks for row in rows} == whole - {names[task], group, "overall"}
            text = overall_tables(rows, SUITE)
            assert group not in text
            assert "tagging" in text


def test_a_generated_world_s_languages_take_the_benchmark_s_place():
    points = drawn({task: ["en", "qda", "qde"] for task in MODULES})
    points["mnli"].pop("bucc")
    rows = rows_of_xtreme(points)
    assert {row.recipe for row in rows if row.tasks == "overall"} == {"none"}
    scores = {row.tasks: row.score.value for row in rows if row.recipe == "none"}
    pairs = [v["accuracy"] for task in ("xnli", "pawsx") for v in points["none"][task].values()]
    assert scores["classification"] == pytest.approx(np.mean(pairs))
    read = [v for task in ("xquad", "mlqa", "tydiqa") for v in points["none"][task].values()]
    assert scores["qa"] == pytest.approx(np.mean([(v["f1"] + v["exact_match"]) / 2 for v in read]))
