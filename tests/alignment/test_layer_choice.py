"""Which layer counts: the protocol's, those that are searched, the one that others choose."""

import pytest

from waystation.alignment import layer_choice
from waystation.base.errors import UserError


def test_the_protocol_s_layer():
    assert [layer_choice.protocol(d) for d in (24, 12, 2, 3, 6, 36)] == [14, 8, 1, 2, 4, 21]
    assert [layer_choice.relative(d) for d in (24, 12)] == [14, 7]


def test_which_layers_are_searched_for_pairs():
    assert layer_choice.searched("all", 3) == [0, 1, 2, 3]
    assert layer_choice.searched("protocol", 24) == [14]
    assert layer_choice.searched([20, 14, 1], 24) == [1, 14, 20]
    assert layer_choice.searched([20], 24) == [14, 20]  # the protocol's is always one of them
    with pytest.raises(UserError, match="no layer 13; allowed: 0 to 12"):
        layer_choice.searched([13], 12)


def curves(**values):
    """{code: layers with the measure a_percent}; `other` is no measure of the suffix."""
    return {
        code: {"layers": [{"layer": i, "a_percent": v, "other": 9 - v} for i, v in enumerate(line)]}
        for code, line in values.items()
    }


def test_a_layer_is_chosen_on_other_languages_than_it_is_for():
    """a and b prefer layer 2 together, though neither does alone; c, for which it is, layer 0."""
    found = curves(a=[0, 9, 6], b=[7, 0, 6], c=[99, 0, 0])
    told = layer_choice.developed(found, ["a", "b"], "_percent")
    assert told == {"chosen_on": ["a", "b"], "scored_on": ["c"], "layers": {"a_percent": 2}}
    assert layer_choice.developed(found, ["c"], "_percent")["layers"] == {"a_percent": 0}
    equal = layer_choice.developed(curves(a=[1, 5, 5], b=[0, 0, 0]), ["a"], "_percent")
    assert equal["layers"] == {"a_percent": 1}


def test_no_layer_is_chosen_where_no_other_language_is_left():
    found = curves(a=[1, 2], b=[2, 1])
    assert layer_choice.developed(found, ["a", "b"], "_percent") is None
    assert layer_choice.developed(found, ["z"], "_percent") is None


def test_scores_of_the_other_languages_do_not_move_the_choice():
    found = curves(a=[0, 9, 6], b=[7, 0, 6], c=[0, 0, 0])
    moved = found | curves(c=[5, 99, 0])
    told = [layer_choice.developed(f, ["a", "b"], "_percent") for f in (found, moved)]
    assert told[0] == told[1]
