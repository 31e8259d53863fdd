"""Rows that stand for a task, and the places of labels in what an encoder says of them."""

import json

import pytest

from waystation.encoder.features import Feature, pack
from waystation.transferability import labelled


@pytest.mark.parametrize("count", [3, 20])
def test_rows_of_a_target_are_none_of_an_intermediate_task_s(tmp_path, count):
    (tmp_path / "train").mkdir()
    rows = [{"id": str(number)} for number in range(9)]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (tmp_path / "train/en.jsonl").write_text(text)
    ids = lambda last: [row["id"] for row in labelled.drawn(tmp_path, count, last)]
    assert not {*ids(False)} & {*ids(True)}
    assert len(ids(False)) == len(ids(True)) == min(count, 4)
    assert ids(False) == ids(False) != [row["id"] for row in rows][: len(ids(False))]


def test_tags_and_answers_have_the_rows_of_their_tokens():
    tagged = [
        Feature([0, 7, 8, 2], 0, [3, 4], ([1, 2], [0, 1])),
        Feature([0, 9, 2], 1, [5], ([1], [0])),
    ]
    assert labelled.tags(pack(tagged), tagged) == ([1, 2, 5], [3, 4, 5])
    # The context begins at place 3; the answer at place 4; the second window holds none.
    offsets = [(0, 1), (1, 2), (2, 3)]
    asked = [
        Feature([0, 1, 2, 5, 6, 7, 2], 0, (4, 4), (3, offsets)),
        Feature([0, 1, 2, 5, 6, 7, 2], 0, (0, 0), (3, offsets)),
    ]
    assert labelled.answers(pack(asked), asked) == ([4, 3, 5], [1, 0, 0])
    choices = Feature([1, 2, 3], 0, 1, cuts=(1, 2))
    assert labelled.BY_SEQUENCE["multiple_choice"](choices) == [0, 1, 0]
