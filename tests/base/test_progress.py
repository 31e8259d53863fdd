"""Bars of long work: with a rate and an estimate, and readable in a log."""

import re
import time

import pytest
import yaml

from tests.conftest import ROOT
from waystation.base import progress
from waystation.frame.code_digest import closure

# Where the bar of a stage's work is, if it is not in the stage itself.
ELSEWHERE = {
    "generate": "world.write",
    "download": "data.conversion",
    "pretrain": "training.loop",
    "fetch": "hub.cache",
    "intermediate": "training.loop",
    "target": "training.loop",
    "evaluate": "evaluation.cell",
    "align": "alignment.measures",
    "snapshots": "evaluation.averaged",
    "benchmark": "inference.compare",
    "report": "report.scores",
    "trim": "inference.kept_pieces",
}


@pytest.fixture
def at_once(monkeypatch):
    """Each step is told, however short."""
    made = progress.Lines
    now = {"mininterval": 0, "delay": 0}
    monkeypatch.setattr(progress, "Lines", lambda *given, **told: made(*given, **told | now))


def test_a_log_has_a_line_for_each_update_with_a_rate_and_an_estimate(at_once, capsys):
    assert list(progress.progress(range(3), 3, "work", "rows")) == [0, 1, 2]
    lines = capsys.readouterr().err.splitlines()
    assert "\r" not in "".join(lines)
    assert re.fullmatch(r"work: +33%\|.*\| 1/3 \[\d\d:\d\d<\d\d:\d\d, +[\d,.]+ rows/s\]", lines[1])


def test_short_work_says_nothing_in_a_log(capsys):
    list(progress.progress(range(3), 3, "work", "rows"))
    assert capsys.readouterr().err == ""


def test_slow_work_repeats_no_line_in_a_log(monkeypatch, capsys):
    """tqdm's monitor shows a bar again whose steps are slower than they have been."""
    monkeypatch.setattr(progress.Lines, "monitor", None)  # one of its own, and faster
    monkeypatch.setattr(progress.Lines, "monitor_interval", 0.05)
    bar = progress.progress(None, 900, "work", "rows")
    bar.delay, bar.mininterval, bar.maxinterval = 0, 0.05, 0.1
    for _ in range(300):
        bar.update()
        time.sleep(0.001)
    capsys.readouterr()
    time.sleep(0.6)
    progress.Lines.monitor.exit()
    assert capsys.readouterr().err == ""


def test_bytes_are_told_in_larger_units(at_once, capsys):
    with progress.progress(None, 8_000_000, "file", "B", 2_000_000) as bar:
        bar.update(2_000_000)
    assert "4.00M/8.00M" in capsys.readouterr().err


@pytest.mark.parametrize("verb", yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"])
def test_every_stage_shows_its_progress(verb):
    name = verb.removesuffix("_extra")
    module = f"waystation.{ELSEWHERE[name]}" if name in ELSEWHERE else f"stages.{name}"
    assert module in closure([f"stages.{name}"])
    assert "progress(" in (ROOT / f"{module.replace('.', '/')}.py").read_text()
