"""Merged encoders: hand-worked weights, and what merging may not change."""

import pytest
import torch

from waystation.encoder.checkpoint import read_encoder, write_encoder
from waystation.encoder.encoder import new_encoder
from waystation.training.merging import mean, merge, threshold, ties


def test_ties_keeps_the_largest_elects_a_sign_and_averages_those_that_agree():
    moves = [torch.tensor([4.0, -1.0, 2.0, 0.5]), torch.tensor([2.0, 3.0, -5.0, 0.1])]
    # Kept: 4, -, 2, - and 2, 3, -5, -; signs +, +, -, none.
    assert ties(moves, [2.0, 2.0]).tolist() == [3.0, 3.0, -5.0, 0.0]
    assert mean(moves).tolist() == pytest.approx([3.0, 1.0, -1.5, 0.3])


def test_ties_leaves_a_weight_whose_differences_cancel():
    assert ties([torch.tensor([1.0]), torch.tensor([-1.0])], [0.0, 0.0]).tolist() == [0.0]


class File(dict):
    get_tensor = dict.__getitem__


def test_the_threshold_counts_moved_entries_alone():
    own = {"a": torch.zeros(100), "b": torch.ones(10)}
    file = File(A=torch.zeros(100), B=1 + torch.arange(10.0))
    assert threshold(own, {"a": "A", "b": "B"}, file) == 7.0  # 1 to 9 have moved; a fifth is 8, 9
    assert threshold(own, {"a": "A", "b": "B"}, File(A=torch.zeros(100), B=torch.ones(10))) == 0.0


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


def test_ties_of_equal_trainings_keeps_a_fifth_of_what_moved(encoders, tmp_path):
    pretrained, one, _ = encoders
    moved = weights(one)
    name = next(key for key in moved if "word" in key)
    start = weights(pretrained)
    encoder, _ = read_encoder(one)
    with torch.no_grad():
        encoder.state_dict()[name][:] = start[name]
        encoder.state_dict()[name][1] += 5  # the largest difference of all
    write_encoder(one, encoder, None)
    merge("ties", pretrained, [one, one], tmp_path / "ties")
    merged = weights(tmp_path / "ties")
    torch.testing.assert_close(merged[name][1], start[name][1] + 5)
    torch.testing.assert_close(merged[name][2], start[name][2])
