"""Whether a faster model pays, where the truth is known."""

from dataclasses import replace

import numpy as np
import pytest

from tests.report.small_grid import speed_ratio
from tests.studies.known import evidence, language
from waystation.comparison.decisions import FASTER, UNDECIDED
from waystation.report.records import Tables
from waystation.report.speed.speeds import Cost
from waystation.studies import multilingual_finetuning
from waystation.studies.answers import ABOVE, BELOW, NO, UNDETERMINED, YES


def rate(model, tokens_per_sec):
    names = {"model": model, "recipe": "none", "target": "mnli", "task": "xnli", "language": "qda"}
    return Cost(**names, measured={"tokens_per_sec": tokens_per_sec})


@pytest.mark.parametrize(
    ("faster", "spread", "verdict"),
    [(62.0, 0.02, YES), (50.0, 0.02, NO), (60.0, 8.0, UNDETERMINED)],
)
def test_a_faster_model_is_not_inferior_inferior_or_open(faster, spread, verdict):
    truths = {("nano", "none"): 60.0, ("pico", "none"): faster}
    tables = Tables(cost=[rate("pico", 300.0), rate("nano", 100.0)])
    answer = multilingual_finetuning.answer(evidence(truths, tables=tables, spread=spread))
    assert answer.verdict == verdict
    assert "3.00 times" in answer.findings[0].what


def test_one_size_has_no_faster_point():
    assert multilingual_finetuning.answer(evidence({("nano", "none"): 60.0})).findings == ()


def more(trained, **truth):
    """XNLI after English alone, and after more languages, of one model; percent by language."""
    seen = evidence({("nano", "none"): 60.0, ("pico", "none"): 50.0}, spread=0.02)
    draw = np.random.default_rng(5)
    own = {code: language(draw, percent, 0.02) for code, percent in truth.items()}
    base = seen.grid.scores["pico", "none", "xnli"]
    label = f"xnli+{len(trained) - 1}"
    seen.grid.scores["pico", "none", label] = replace(
        base, label=label, trained_on=trained, languages=own
    )
    return replace(seen, tables=Tables(cost=[rate("pico", 300.0), rate("nano", 100.0)]))


def test_added_languages_are_told_apart_from_those_that_nobody_saw():
    seen = more(("en", "qda"), en=50.0, qda=58.0, qdb=47.0)
    found = {one.what: one for one in multilingual_finetuning.answer(seen).findings}
    gained = next(one for what, one in found.items() if "1 languages seen" in what)
    lost = next(one for what, one in found.items() if "1 languages unseen" in what)
    assert (gained.verdict, lost.verdict) == (ABOVE, BELOW)
    assert gained.estimate.value == pytest.approx(8, abs=0.3)
    assert lost.estimate.value == pytest.approx(-3, abs=0.3)


def test_the_front_holds_what_no_point_beats_and_names_its_lever():
    seen = more(("en", "qda"), en=50.0, qda=58.0, qdb=47.0)
    points = [(p.score.model, p.score.label) for p in multilingual_finetuning.front(seen)]
    assert points == [("nano", "xnli"), ("pico", "xnli+1")]
    said = multilingual_finetuning.answer(seen).sentence
    assert "pico after none and English and 1 more (52.5 %, 300 tokens/s)" in said
    assert "from size alone" in said
    better = more(("en", "qda"), en=70.0, qda=70.0, qdb=70.0)
    assert [p.score.model for p in multilingual_finetuning.front(better)] == ["pico"]


@pytest.mark.parametrize(
    ("score", "verdict", "engines"),
    [(52.0, FASTER, ["", "int8"]), (51.0, FASTER, ["", ""]), (52.5, UNDECIDED, ["", ""])],
)
def test_an_engine_is_on_the_front_where_it_is_faster_and_keeps_the_score(score, verdict, engines):
    """Of 52.5 % at least 99 %; what it loses on another task does not count."""
    seen = more(("en", "qda"), en=50.0, qda=58.0, qdb=47.0)
    fast = replace(rate("pico", 900.0), backend="int8")
    beside = {"score_percent": score, "base_score_percent": 52.5}
    names = {"recipe": "none", "base": "none", "backend": "int8", "measure": "throughput"}
    row = speed_ratio(**names, **beside, verdict=verdict)
    other = replace(row, task="mlqa", score_percent=1.0)
    tables = replace(seen.tables, cost=[*seen.tables.cost, fast], speeds=[row, other])
    answer = multilingual_finetuning.answer(seen := replace(seen, tables=tables))
    assert [p.engine for p in multilingual_finetuning.front(seen)] == engines
    assert ("from size and the engine alone" in answer.sentence) == ("int8" in engines)
