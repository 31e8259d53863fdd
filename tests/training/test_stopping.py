"""Which models of a training stay, and when it ends early."""

import pytest

from tests.conftest import FULL
from waystation.base.errors import UserError
from waystation.params.load import load_settings
from waystation.params.schema import Stopping
from waystation.training.stopping import Watch, evenly_spaced


def noted(watch: Watch, scores: list[float]) -> list[int]:
    """Score the places until the training ends; the steps that were scored."""
    done = []
    for step, score in zip(watch.places, scores, strict=False):
        watch.note(step, score)
        done.append(step)
        if watch.ended:
            break
    return done


def test_without_a_rule_the_places_are_evenly_spaced_and_all_stay(tmp_path):
    watch = Watch(tmp_path / "scores.json", 100, 4, None)
    assert watch.places == evenly_spaced(100, 4) == [25, 50, 75, 100]
    assert noted(watch, [1, 9, 3, 3]) == [25, 50, 75, 100]
    assert watch.best == [50, 75, 100, 25]
    assert evenly_spaced(2, 3) == [1, 2]


def test_patience_counts_scores_since_the_best_and_a_tie_is_not_better(tmp_path):
    watch = Watch(tmp_path / "scores.json", 95, 2, Stopping(every=10, patience=3, examples=5))
    assert watch.places == [10, 20, 30, 40, 50, 60, 70, 80, 90, 95]
    assert noted(watch, [1, 5, 4, 6, 6, 5, 6, 9]) == [10, 20, 30, 40, 50, 60, 70]
    assert watch.best == [40, 50]


def test_a_resumed_run_knows_the_earlier_scores_and_forgets_those_that_come_again(tmp_path):
    rule = Stopping(every=10, patience=2, examples=5)
    watch = Watch(tmp_path / "scores.json", 100, 1, rule)
    noted(watch, [3, 7, 5])
    again = Watch(tmp_path / "scores.json", 100, 1, rule)
    assert again.scores == {10: 3, 20: 7, 30: 5}
    assert again.note(20, 7)
    assert (again.scores, again.ended) == ({10: 3, 20: 7}, False)
    assert not again.note(30, 5)
    assert not again.ended
    again.note(40, 6)
    assert again.ended


def params(tmp_path, **tasks):
    import yaml

    told = yaml.safe_load(FULL.read_text())
    told["target"]["tasks"] |= tasks
    file = tmp_path / "params.yaml"
    file.write_text(yaml.safe_dump(told))
    return file


def test_a_target_outside_the_groups_must_come_before_another(tmp_path):
    loaded = load_settings(params(tmp_path, qqp={}, mnli={"after": "qqp"}))
    assert loaded.target.tasks["mnli"].after == "qqp"
    with pytest.raises(UserError, match=r"'qqp' stands in 0 of target.groups"):
        load_settings(params(tmp_path, qqp={}))
    with pytest.raises(UserError, match=r"target.tasks.mnli.after: unknown target 'nothing'"):
        load_settings(params(tmp_path, mnli={"after": "nothing"}))
    with pytest.raises(UserError, match="comes after another target itself"):
        load_settings(params(tmp_path, qqp={"after": "udpos"}, mnli={"after": "qqp"}))
