"""Each kind of task: its files of gold and predictions, and what a plan counts."""

import pkgutil

import pytest

from waystation import heads, task_types, tasks
from waystation.data.candidates import Candidates
from waystation.data.examples import Description

KINDS = [entry.name for entry in pkgutil.iter_modules(task_types.__path__)]


def test_every_task_is_of_a_kind_and_what_is_scored_after_training_has_a_head():
    every = [tasks.load(name) for name in tasks.names()]
    assert {task.type for task in every} == set(KINDS)
    for task in every:
        if task.trained_on or "train" in task.splits:
            assert heads.load(task.type).make_features, task.name


def test_a_long_context_counts_as_windows_and_all_else_as_one_feature():
    """300 tokens in windows of 128, 64 apart: they begin at 0, 64, 128 and 192."""
    numbers = {kind: task_types.load(kind).features(300, 128, 64) for kind in KINDS}
    assert numbers.pop("question_answering") == 4
    assert set(numbers.values()) == {1}
    assert task_types.load("question_answering").features(128, 128, 64) == 1


def test_choices_are_not_cut_together():
    read = {kind: task_types.load(kind).tokens_read(300, 128) for kind in KINDS}
    assert read.pop("multiple_choice") == 300
    assert set(read.values()) == {128}


@pytest.mark.parametrize("kind", [entry.name for entry in pkgutil.iter_modules(heads.__path__)])
def test_what_a_prediction_is_scored_against_is_what_the_gold_file_says(kind):
    """Written as a prediction it makes the gold file; answers have two layouts."""
    if kind == "masked_language_modelling":
        pytest.skip("it is never scored")
    rows, head, record = EXAMPLES[kind], heads.load(kind), task_types.load(kind)
    task = Description("task", kind, (), ("O", "B-PER"), None, None, None, "task")
    relevant = Candidates({"en": rows}).relevant
    gold = [relevant(row) for row in rows] if head.ranking else head.gold(rows)
    lines = record.submission_lines(task, rows, [head.named(value, task.labels) for value in gold])
    theirs = record.gold_lines(task, rows, relevant)
    if kind == "question_answering":
        assert (gold, lines != theirs) == ([["a"]], True)
    else:
        assert lines == theirs != []


EXAMPLES = {
    "classification": [{"id": "0", "label": 1}, {"id": "1", "label": 0}],
    "multiple_choice": [{"id": "0", "label": 1}],
    "tagging": [{"id": "0", "tokens": ["a", "b"], "tags": [1, 0]}],
    "question_answering": [
        {"id": "0", "question": "", "context": "a", "answers": [{"text": "a", "start": 0}]}
    ],
    "dual_encoder": [{"id": "0", "key": "a", "candidates": [{"key": "a", "text": ""}]}],
    "retrieval": [{"id": "0", "english": "b"}, {"id": "1", "english": "a"}],
}
