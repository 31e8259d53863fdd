"""What choices of an intermediate task give away, by hand."""

from dataclasses import replace

import pytest

from tests.studies.known import TARGETS, evidence
from waystation.report.choice.choice_records import EnglishScore, PromisedGain
from waystation.report.records import Tables
from waystation.studies import answer_text, which_task

TRUTHS = {"none": 50.0, "mnli": 56.0, "squad_v1": 53.0, "hellaswag": 50.0, "ccg": 47.0}


def seen(promised, english):
    rows = [
        PromisedGain(model="nano", target=target, source=source, method="probe", score=score)
        for target in TARGETS.values()
        for source, score in promised.items()
    ]
    chosen = [
        EnglishScore(model="nano", recipe=recipe, target=target, seed=0, step=1, english_percent=p)
        for target in TARGETS.values()
        for recipe, p in english.items()
    ]
    truths = {("nano", recipe): truth for recipe, truth in TRUTHS.items()}
    tables = Tables(promises=rows, english=chosen)
    return evidence(truths, tables=tables, spread=0.0)


def test_regret_is_what_the_best_of_the_first_k_lacks():
    promised = {"ccg": 4.0, "squad_v1": 3.0, "hellaswag": 2.0, "mnli": 1.0}
    english = {"none": 9.0, "mnli": 4.0, "squad_v1": 3.0, "hellaswag": 2.0, "ccg": 1.0}
    found = {(one.method, one.k): one for one in which_task.regrets(seen(promised, english))}
    near = lambda value: pytest.approx(value, abs=0.05)
    assert found["probe", 1].regret_points == near(9.0)  # 47 for 56
    assert found["probe", 3].regret_points == near(3.0)
    assert found["English", 1].regret_points == near(0.0)
    assert found["best on average", 1].regret_points == near(0.0)  # by the other test
    assert found["at random", 1].regret_points == near((0 + 3 + 6 + 9) / 4)
    assert found["at random", 3].regret_points == near(3 / 4)
    assert {one.candidates for one in found.values()} == {4}
    assert {one.tests for one in found.values()} == {2}


def test_the_table_says_over_how_many_tests_and_candidates():
    found = which_task.regrets(seen({}, {}))
    text = answer_text.regrets_text(found)
    assert "Of 4 single tasks" in text
    assert "| best on average | 1 | 2 | 0.0 | 0.0 |" in text
    assert answer_text.regrets_text([]) == ""


def test_all_methods_are_held_to_the_tests_that_each_can_rank():
    """A probe that knows one test leaves that one to the others too."""
    some = {"mnli": 4.0, "squad_v1": 3.0, "hellaswag": 2.0, "ccg": 1.0}
    everything = seen(some, some | {"none": 0.0})
    rows = [row for row in everything.tables.promises if row.target == "mnli"]
    less = replace(everything, tables=replace(everything.tables, promises=rows))
    assert {one.tests for one in which_task.regrets(less)} == {1}


def test_a_method_that_knows_not_all_candidates_is_left_out():
    found = which_task.regrets(seen({"mnli": 1.0}, {"mnli": 1.0}))
    assert {one.method for one in found} == {"at random", "best on average"}
