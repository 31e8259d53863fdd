"""Examples on disk: labels of one task in the numbers of another."""

import pytest

from waystation.base.errors import UserError
from waystation.data.examples import Description, with_labels_of


def test_translated_tags_are_numbered_as_the_task_s_own():
    """A task without a list of labels numbers those that occur: the translation has others."""
    told = {"type": "tagging", "metrics": (), "chance_percent": None, "trained_on": None}
    english = Description("ccg", labels=("N", "NP", "S"), **told)
    translated = Description("ccg_translated", labels=("NP", "S"), **told)
    rows = [{"tokens": ["a", "b"], "tags": [0, 1]}]
    assert with_labels_of(rows, translated, english)[0]["tags"] == [1, 2]
    assert with_labels_of(rows, english, english) is rows
    with pytest.raises(UserError, match="'ccg' has labels that 'ccg_translated' has not: N"):
        with_labels_of(rows, english, translated)
