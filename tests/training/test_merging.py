"""Merged encoders: hand-worked weights, and what merging may not change."""

import pytest
import torch

from waystation.encoder.checkpoint import read_encoder, write_encoder
from waystation.encoder.encoder import new_encoder
from waystation.grid import recipes
from waystation.training import merging
from waystation.training.merging import mean, merge, threshold, ties


def of(method, moves):
    """What trained tensors come to whose pretrained one is zero."""
    own = torch.zeros_like(moves[0])
    method(own, moves)
    return own.tolist()


def test_ties_keeps_the_largest_elects_a_sign_and_averages_those_that_agree():
    moves = [
        torch.tensor([4.0, -1.0, 2.0, 3.0, 0.1, 0.2, 0.3, -0.4, 0.5, 0.6]),
        torch.tensor([2.0, 9.0, 0.5, -8.0, 0.1, -0.2, 0.3, 0.4, 0.5, 0.6]),
    ]
    # Of ten entries two stay: 4 and 3, 9 and -8. The sign of 3 - 8 is that of the second.
    assert of(ties, moves) == [4.0, 9.0, 0.0, -8.0, *[0.0] * 6]
    assert of(mean, moves)[:4] == pytest.approx([3.0, 4.0, 1.25, -2.5])


def test_ties_averages_what_agrees_and_leaves_what_cancels():
    assert of(ties, [torch.tensor([1.0]), torch.tensor([3.0])]) == [2.0]
    assert of(ties, [torch.tensor([1.0]), torch.tensor([-1.0])]) == [0.0]
    assert threshold(torch.tensor([5.0, -7.0, 1.0])) == 7.0


@pytest.mark.parametrize("method", [mean, ties])
def test_a_large_tensor_is_merged_rows_at_a_time_to_the_same_bytes(method, monkeypatch):
    generator = torch.Generator().manual_seed(0)
    start, *trained = torch.randn(6, 37, 11, generator=generator)
    whole = start.clone()
    method(whole, trained)
    monkeypatch.setattr(merging, "ENTRIES", 50)  # four rows
    assert len(list(merging.parts(start))) == 10
    method(start, trained)
    assert torch.equal(start, whole)


def test_every_method_has_a_name_that_recipes_know():
    assert tuple(merging.METHODS) == recipes.METHODS


@pytest.fixture
def encoders(tmp_path, config):
    """Folders with a pretrained encoder and two that differ from it."""
    folders = [tmp_path / name for name in ("pretrained", "one", "two")]
    encoder = new_encoder(config, torch.Generator().manual_seed(0))
    for number, folder in enumerate(folders):
        with torch.no_grad():
            for weight in encoder.parameters():
                weight += number
        write_encoder(folder, encoder, None)
    return folders


def weights(folder):
    return read_encoder(folder)[0].state_dict()


def test_the_mean_of_one_is_that_one_and_of_two_lies_between(encoders, tmp_path):
    pretrained, one, two = encoders
    merge("mean", pretrained, [two], tmp_path / "same")
    merge("mean", pretrained, [one, two], tmp_path / "both")
    for name, start in weights(pretrained).items():
        torch.testing.assert_close(weights(tmp_path / "same")[name], weights(two)[name])
        torch.testing.assert_close(weights(tmp_path / "both")[name], start + 2)  # of 1 and 3


def test_ties_of_equal_trainings_keeps_the_largest_fifth_of_a_tensor(encoders, tmp_path):
    pretrained, one, _ = encoders
    encoder, _ = read_encoder(one)
    start = weights(pretrained)
    words = next(key for key in start if "word" in key)
    with torch.no_grad():
        encoder.state_dict()[words][:] = start[words]
        encoder.state_dict()[words][:10] += 5  # a fifth of fifty rows
        encoder.state_dict()[words][10:] *= 0.999
    write_encoder(one, encoder, None)
    merge("ties", pretrained, [one, one], tmp_path / "ties")
    merged = weights(tmp_path / "ties")[words]
    torch.testing.assert_close(merged[:10], start[words][:10] + 5)
    torch.testing.assert_close(merged[10:], start[words][10:])
