"""Blocks of runs on machines whose truth is known."""

import numpy as np

from waystation.comparison.blocks import Blocks, measure, mirrored
from waystation.comparison.decisions import EQUAL, FASTER, SLOWER, UNDECIDED


class Simulated:
    """A machine that slows down in time; `truth`: the speed of each system."""

    def __init__(self, truth, noise=0.01, sec=1.0, drift=1e-4):
        self.truth, self.noise, self.sec, self.drift = truth, noise, sec, drift
        self.now, self.runs, self.draw = 0.0, [], np.random.default_rng(0)

    def run(self, system):
        self.runs.append(system)
        self.now += self.sec
        slow = np.exp(-self.drift * self.now + self.draw.normal(0, self.noise))
        return {"de": self.truth[system] * slow, "zh": 2 * self.truth[system] * slow}

    def clock(self):
        return self.now


def measured(machine, budget_sec=1e6):
    return measure(list(machine.truth), machine.run, 0.03, budget_sec, clock=machine.clock)


def test_a_block_is_mirrored():
    assert mirrored(["a", "b", "c"]) == ["a", "b", "c", "c", "b", "a"]


def test_what_is_decided_is_measured_no_more():
    machine = Simulated({"none": 1.0, "same": 1.0, "slow": 0.8, "close": 1.029}, noise=0.02)
    outcome = measured(machine)
    said = {key: verdict.said for key, verdict in outcome.verdicts.items()}
    assert said["same", "de"] == EQUAL
    assert said["slow", "zh"] == SLOWER
    assert said["close", "de"] == UNDECIDED or said["close", "de"] == FASTER
    assert machine.runs.count("slow") < machine.runs.count("close") == machine.runs.count("none")


def test_it_ends_when_all_is_decided_or_time_is_over():
    quick = measured(Simulated({"none": 1.0, "fast": 1.3}))
    assert quick.ended == "all comparisons are decided"
    assert len(quick.blocks.numbers["none"]) == 6
    restless = Simulated({"none": 1.0, "same": 1.0}, noise=0.5)
    short = measured(restless, budget_sec=30)
    assert short.ended == "the budget of time was reached"
    assert restless.now <= 30
    assert {verdict.said for verdict in short.verdicts.values()} == {UNDECIDED}
    long = measured(Simulated({"none": 1.0, "same": 1.0}, noise=0.5))
    assert long.ended == "the last look was reached"


def test_a_ratio_pairs_the_blocks_that_both_ran_in():
    blocks = Blocks(["a", "b"])
    blocks.add(0, {"a": [{"x": 1.0}, {"x": 1.0}], "b": [{"x": 2.0}, {"x": 2.0}]})
    blocks.add(1, {"a": [{"x": 9.0}, {"x": 9.0}]})
    blocks.add(2, {"a": [{"x": 3.0}, {"x": 3.0}], "b": [{"x": 6.0}, {"x": 6.0}]})
    ratio = blocks.ratio(("b", "x"))
    assert (round(ratio.value, 12), ratio.blocks) == (2.0, 2)
    assert ratio.log_error < 1e-12
