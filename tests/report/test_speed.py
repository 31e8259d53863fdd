"""What the report takes from the benchmarks: rows of the grid, of one machine."""

import json

from tests.report.small_grid import cost, speed_ratio
from waystation.comparison.decisions import LOSES
from waystation.report.intervals import Estimate
from waystation.report.speed import engines, speed_text
from waystation.report.speed.speeds import ServerRate
from waystation.report.summary import cost_summary

CELL = {"model": "pico", "recipe": "none", "language": "en"}


def test_comparisons_keep_their_verdict_and_the_margin(one_model):
    (row,) = one_model.tables().speeds
    assert (row.recipe, row.base, row.task, row.verdict) == ("mnli", "none", "xnli", "faster")
    assert row.ratio == Estimate(1.1, 1.05, 1.15)
    assert row.margin_percent == 3


def test_speeds_of_two_machines_do_not_stand_side_by_side(one_model):
    """The second group's are left out, and its row says why."""
    cell = CELL | {"target": "udpos", "task": "udpos"}
    one_model.benchmark("words", [cell])
    assert {row.task for row in one_model.tables().cost} == {"xnli", "xnli+1", "udpos"}
    one_model.benchmark("words", [cell], other={"processor": "Q"})
    made = one_model.tables()
    assert {row.task for row in made.cost} == {"xnli", "xnli+1"}
    notes = {row.group: row.notes for row in made.measurements}
    assert notes["pairs"] == "none"
    assert notes["words"].startswith("another machine than that of pairs: left out")
    assert "another machine" in speed_text.measurement_notes(made.measurements).replace("\n", " ")


def test_engines_stand_in_a_table_of_their_own(one_model):
    names = {"recipe": "none", "base": "none", "backend": "onnxruntime-int8"}
    scores = {"score_percent": 68.0, "base_score_percent": 70.0}
    rows = [
        speed_ratio(language="en", ratio=Estimate(1.4, 1.3, 1.5), verdict="faster",
                    **names | {"score_percent": 70.0, "base_score_percent": 70.0}),
        speed_ratio(language="de", verdict=LOSES, **names | scores),
        speed_ratio(language="mean", ratio=Estimate(1.5, 1.4, 1.6), verdict="faster",
                    **names | {"score_percent": 69.0, "base_score_percent": 70.0}),
    ]  # fmt: skip
    assert speed_text.speed_table(rows) == engines.engine_table([speed_ratio()]) == ""
    line = next(line for line in engines.engine_table(rows).splitlines() if "int8" in line)
    expected = "1.500 1.400 to 1.600 | 1 0 0 0 | 69.0 70.0 97.1".replace("|", "")
    assert " ".join(line.split()[3:]) == " ".join(expected.split())


def test_all_other_tables_take_the_engine_that_ran_all_recipes():
    cells = [cost(measured={"tokens_per_sec": 100.0}),
             cost(backend="transformers", measured={"tokens_per_sec": 40.0})]  # fmt: skip
    assert engines.of_first(cells) == cells[:1]
    made = cost_summary(cells)
    assert made["cost"]["pico"]["none"]["xnli"]["tokens_per_sec"] == 100
    assert made["engines"]["pico"]["transformers"]["xnli"]["tokens_per_sec"] == 40


def test_the_words_say_what_is_equal_faster_and_not_known():
    rows = [
        speed_ratio(language="en"),
        speed_ratio(language="de", ratio=Estimate(1.2, 1.1, 1.3), verdict="faster"),
        speed_ratio(language="zh", verdict="undecided", detectable_percent=7.0),
        speed_ratio(language="sw"),
        speed_ratio(language="mean", ratio=Estimate(1.05, 1.04, 1.06), verdict="faster"),
    ]
    text = " ".join(speed_text.speed_table(rows).split())
    assert "latency 1.000 to 1.200 7.0 1 0 2 1" in text
    assert "latency 1.050 1.040 to 1.060 2.0 faster" in text
    assert "within 3 %" in text
    assert speed_text.speed_table([]) == ""


def test_a_rate_that_holds_no_bound_is_told(one_model):
    rate = ServerRate(
        **CELL, target="mnli", task="xnli", bound_ms=5, queries_per_sec=None, alone_per_sec=9.0,
        queries=459, tried=0,
    )  # fmt: skip
    assert " none " in speed_text.server_table([rate])
    file = one_model.folder / "benchmark/pairs.json"
    measured = json.loads(file.read_text())
    tried = {"tried": [{"queries_per_sec": 3.0, "latency_p99_ms": 9.0}]}
    file.write_text(json.dumps(measured | {"servers": [vars(rate) | tried]}))
    assert one_model.tables().servers[0].tried == 1
    (read,) = one_model.tables().servers
    assert read.queries_per_sec is None
