"""The comparison of pretraining speeds, and the simulation of the intervals' coverage."""

import sys
from dataclasses import replace

import pytest

from benchmarks import interval_coverage, paired, pretrain_speed
from tests.conftest import FULL, ROOT, run
from waystation.data import examples
from waystation.encoder.tokenizer import read_tokenizer
from waystation.params.load import load_settings


def test_help_needs_no_package_beside_the_project(tmp_path):
    (tmp_path / "accelerate.py").write_text("raise ImportError('the help must not need it')")
    command = [sys.executable, "-m", "benchmarks.pretrain_speed", "--help"]
    told = run(command, ROOT, PYTHONPATH=str(tmp_path)).stdout
    assert "--repeats" in told
    assert "padding is not counted" in told


def test_ratios_are_those_of_neighbours_not_of_the_extremes():
    ours, theirs = [40.0, 10.0, 30.0], [10.0, 5.0, 10.0]  # the machine was slow the second time
    assert paired.ratios(ours, theirs) == [4.0, 2.0, 3.0]
    assert paired.summary([4.0, 2.0, 3.0]) == {"n": 3, "median": 3.0, "min": 2.0, "max": 4.0}
    assert pretrain_speed.spread([4.0, 2.0, 3.0, 3.5], ".2f") == "3.25 (2.00 to 4.00)"


def test_an_unpaired_measurement_is_an_error():
    with pytest.raises(ValueError, match="argument 2 is shorter"):
        paired.ratios([1.0, 2.0], [1.0])


def test_the_table_compares_with_each_contestant():
    def measured(*speeds):
        return [
            {"tokens_per_sec": s, "tokens_per_cpu_sec": s / 2, "held_out_loss_nats": 2.5}
            for s in speeds
        ]

    runs = {"ours": measured(40, 10), "trainer": measured(10, 5)}
    told = {"model": "nano", "steps": 3, "threads": 1, "cores": 2, "runs": runs}
    lines = pretrain_speed.table(told).splitlines()
    assert "n = 2" in lines[0]
    assert "3.00 (2.00 to 4.00)" in lines[3]
    assert "25 (10 to 40)" in lines[2]


def test_text_without_its_tokenizer_is_refused(capsys):
    with pytest.raises(SystemExit):
        pretrain_speed.parse(["--text", "somewhere"])
    assert "go together" in capsys.readouterr().err


def test_the_corpus_is_made_where_no_pipeline_has_run(tmp_path):
    settings = load_settings(FULL)
    small = replace(settings, world=replace(settings.world, documents=5))
    pretrain_speed.make_corpus(small, tmp_path / "text", tmp_path / "tokenizer")
    codes = examples.languages(tmp_path / "text", "train")
    assert codes == list(settings.world.languages)
    assert len(examples.read(examples.path(tmp_path / "text", "train", "en"))) == 5
    assert read_tokenizer(tmp_path / "tokenizer").token_to_id("<mask>") is not None


def test_our_own_pretraining_can_be_measured(tmp_path):
    settings = load_settings(FULL)
    small = replace(settings, world=replace(settings.world, documents=60))
    pretrain_speed.make_corpus(small, tmp_path / "text", tmp_path / "tokenizer")
    job = {"contestant": "ours", "repeat": 0, "params": str(FULL)}
    job |= {"text": str(tmp_path / "text"), "tokenizer": str(tmp_path / "tokenizer")}
    job |= {"model": "pico", "steps": 2, "warmup_steps": 1, "threads": 1}
    told = pretrain_speed.measure(job)
    assert told["tokens_per_sec"] == told["tokens"] / told["training_sec"] > 0
    assert 0 < told["held_out_loss_nats"] < 20


@pytest.mark.parametrize("spread", interval_coverage.SPREADS)
def test_of_three_seeds_intervals_hold_the_true_value_at_least_as_often_as_promised(spread):
    for measured in interval_coverage.coverages(3, spread, 200):
        assert measured.share >= 0.93


def test_of_one_seed_intervals_are_over_rows_alone():
    score, difference = interval_coverage.coverages(1, 0.0, 200)
    assert min(score.share, difference.share) >= 0.9
    wide = interval_coverage.coverages(1, 8.0, 200)
    assert max(measured.share for measured in wide) < 0.6
    assert wide[0].half_width == pytest.approx(score.half_width, abs=0.5)  # blind to the spread
