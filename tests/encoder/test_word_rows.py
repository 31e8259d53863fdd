"""Word embeddings stored as what differs from an encoder's."""

import pytest
import torch

from waystation.base.errors import UserError
from waystation.encoder import word_rows

NAME = "embeddings.word_embeddings.weight"
FILE = "model.safetensors"


def base(rows=1000, width=8):
    table = torch.randn(rows, width, generator=torch.Generator().manual_seed(0)) * 0.05
    table[1] = 0  # as the padding's row in many checkpoints
    return table


def decayed(table, steps=300, rate=2e-4, decay=0.01):
    """As AdamW leaves rows without gradient: a product a step, the rate falling to zero."""
    for step in range(steps):
        table = table * (1 - rate * (1 - step / steps) * decay)
    return table


def trained(steps=300):
    """A table of which rows 3, 7 and 999 were trained, the last by one small step."""
    table = decayed(base(), steps)
    table[3] += 0.01
    table[7] -= 0.001
    table[999] += 1e-4
    return table


def test_only_trained_rows_are_stored_and_the_others_come_back_by_the_factor():
    table = trained()
    parts = word_rows.apart(NAME, table, base())
    assert parts[f"{NAME}.rows"].tolist() == [3, 7, 999]
    assert sum(part.numel() for part in parts.values()) < table.numel() / 20
    back = word_rows.whole(FILE, NAME, parts, base())
    assert list(back) == [NAME]
    assert torch.equal(back[NAME][[3, 7, 999]], table[[3, 7, 999]])
    assert torch.allclose(back[NAME], table, rtol=2e-5, atol=0)


def test_a_table_without_decay_comes_back_to_the_bit():
    table = base()
    table[5] += 0.1
    back = word_rows.whole(FILE, NAME, word_rows.apart(NAME, table, base()), base())
    assert torch.equal(back[NAME], table)


def test_a_table_of_which_most_rows_were_trained_is_stored_whole():
    table = base()
    table[:501] += 0.01
    parts = word_rows.apart(NAME, table, base())
    assert list(parts) == [NAME]
    assert torch.equal(word_rows.whole(FILE, NAME, parts, None)[NAME], table)
    assert list(word_rows.apart(NAME, base(900), base())) == [NAME]  # another vocabulary


def test_other_tensors_of_the_file_stay():
    parts = word_rows.apart(NAME, trained(), base()) | {"classifier.bias": torch.ones(2)}
    back = word_rows.whole(FILE, NAME, parts, base())
    assert set(back) == {NAME, "classifier.bias"}


@pytest.mark.parametrize(
    ("change", "given", "told"),
    [
        ({}, None, f"{FILE} holds of {NAME} what differs"),
        ({}, base() + 1, "another encoder than the one given"),
        ({"rows": torch.tensor([3, 7, 1000])}, base(), "names a row that the table has not"),
        ({"rows": torch.tensor([-1, 7, 9])}, base(), "names a row that the table has not"),
        ({"values": torch.zeros(3, 9)}, base(), r"values has shape \(3, 9\)"),
        ({"factor": torch.tensor([1.0, 2.0])}, base(), r"factor has shape \(2,\)"),
    ],
)
def test_what_does_not_fit_is_refused(change, given, told):
    parts = word_rows.apart(NAME, trained(), base())
    parts |= {f"{NAME}.{part}": tensor for part, tensor in change.items()}
    with pytest.raises(UserError, match=told):
        word_rows.whole(FILE, NAME, parts, given)
