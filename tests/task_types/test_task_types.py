"""Each kind of task: its files of gold and predictions, and what a plan counts."""

import json
import pkgutil

import pytest

from waystation import heads, task_types, tasks
from waystation.base.errors import UserError
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


@pytest.mark.parametrize(
    ("tokens", "number"), [(0, 1), (128, 1), (129, 2), (192, 2), (193, 3), (300.5, 4)]
)
def test_windows_of_a_context_begin_a_stride_apart_until_the_last_holds_its_end(tokens, number):
    assert task_types.load("question_answering").features(tokens, 128, 64) == number


def test_files_passes_and_splits_of_every_kind():
    """(ending of a submission's file, further passes over test rows, splits that `align` reads)"""
    usual = dict.fromkeys(KINDS, ("tsv", 0, ("test",)))
    assert {
        kind: (record.extension, record.further_test_passes, record.aligned_splits)
        for kind, record in ((kind, task_types.load(kind)) for kind in KINDS)
    } == usual | {
        "dual_encoder": ("json", 1, ("test",)),
        "multiple_choice": ("jsonl", 0, ("test",)),
        "question_answering": ("json", 0, ("test",)),
        "mining": ("tsv", 0, ("validation", "test")),
    }


def test_an_unknown_kind_and_an_absent_function_are_errors():
    with pytest.raises(UserError, match="unknown task type 'tags'; allowed: classification, dual"):
        task_types.load("tags")
    with pytest.raises(TypeError, match="this kind of task has no such function"):
        task_types.load("masked_language_modelling").gold_lines(TASK, [], list)


TASK = Description("task", "kind", (), ("no", "yes"), None, None, None, "task")


def test_gold_of_questions_has_squad_s_layout():
    row = {"id": "q-1", "question": "who ?", "context": "a duke", "allows_none": True}
    row |= {"answers": [{"text": "duke", "start": 2}, {"text": "a duke", "start": 0}]}
    (text,) = task_types.load("question_answering").gold_lines(TASK, [row], list)
    answers = [{"text": "duke", "answer_start": 2}, {"text": "a duke", "answer_start": 0}]
    asked = {"id": "q-1", "question": "who ?", "answers": answers}
    paragraph = {"context": "a duke", "qas": [asked]}
    layout = {"version": "1.1", "data": [{"title": "", "paragraphs": [paragraph]}]}
    assert json.loads(text) == layout
    assert text.startswith('{\n "version"')


def test_a_file_by_id_names_an_id_that_stands_twice():
    record = task_types.load("question_answering")
    rows = [{"id": name} for name in ("a", "b", "b")]
    with pytest.raises(UserError, match="task 'task': the id 'b' stands twice; it must name one"):
        record.submission_lines(TASK, rows, ["x", "y", "z"])
    with pytest.raises(ValueError, match="argument 2 is shorter"):
        record.submission_lines(TASK, rows[:2], ["x"])
    assert record.submission_lines(TASK, rows[:2], ["é", ""]) == [
        '{\n "a": "\\u00e9",\n "b": ""\n}'
    ]


def test_lines_of_submissions():
    def lines(kind, rows, values):
        return task_types.load(kind).submission_lines(TASK, rows, values)

    assert lines("classification", [], [1, 0]) == ["yes", "no"]
    assert lines("multiple_choice", [], [2]) == ['{"label": 2}']
    assert lines("tagging", [], [["B-PER", "O"], ["O"]]) == ["B-PER", "O", "", "O", ""]
    assert lines("mining", [], [("de-1", "en-2")]) == ["de-1\ten-2"]
    assert lines("dual_encoder", [{"id": "m"}], [["Q1", "Q2"]]) == [
        '{\n "m": [\n  "Q1",\n  "Q2"\n ]\n}'
    ]
    # English sentences in the order of their text, whatever blank stands before it.
    rows = [{"english": " c"}, {"english": "b"}, {"english": " a"}]
    assert lines("retrieval", rows, [0, 1, 2]) == ["2", "1", "0"]


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
