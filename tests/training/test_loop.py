"""The training loop: it learns, resumes to the bit, and stops at a loss that is not finite."""

import pytest
import torch
from torch import nn

from waystation.base.errors import UserError
from waystation.grid.budget import Budget
from waystation.training import loop
from waystation.training.batches import Shuffled
from waystation.training.checkpoints import Checkpoint

BUDGET = Budget(40, 0.05, 0.1, 0.01, 0.98, 1.0)


class Toy(nn.Module):
    """A linear classifier with dropout on noisy points; stops when told to."""

    def __init__(self, stop_at=None, spoil=False, overflow_at=None):
        super().__init__()
        torch.manual_seed(3)
        self.layer = nn.Linear(4, 2)
        self.dropout = nn.Dropout(0.5)
        self.stop_at, self.spoil, self.overflow_at = stop_at, spoil, overflow_at

    def loss(self, task, features, step):
        if step == self.stop_at:
            raise KeyboardInterrupt
        x = torch.stack(features)
        logits = self.layer(self.dropout(x))
        loss = nn.functional.cross_entropy(logits, (x[:, 0] > 0).long())
        if step + 1 == self.overflow_at:
            self.layer.weight.register_hook(lambda gradient: gradient * float("inf"))
        return loss * (float("nan") if self.spoil and step == 7 else 1.0), len(features)


def points():
    return list(torch.randn(64, 4, generator=torch.Generator().manual_seed(5)))


def fit(model, folder, **more):
    batches = Shuffled(points(), 8, "seed")
    next_batch = lambda step: ("toy", batches.batch(step))
    return loop.train(model, model.loss, next_batch, BUDGET, "toy", folder, 1, **more)


def test_it_learns(tmp_path):
    trained = fit(Toy(), tmp_path)
    assert trained.curve[-1]["step"] == 40
    assert trained.curve[-1]["loss_nats"] < trained.curve[0]["loss_nats"]


@pytest.mark.parametrize("stop_at", [1, 17, 39])
def test_an_interrupted_run_ends_with_the_bytes_of_an_uninterrupted_one(
    tmp_path, monkeypatch, stop_at
):
    monkeypatch.setattr("waystation.training.checkpoints.SECONDS_BETWEEN", 0)
    whole = Toy()
    expected = fit(whole, tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        fit(Toy(stop_at=stop_at), tmp_path / "cut")
    torch.manual_seed(99)
    resumed = Toy()
    with torch.no_grad():
        resumed.layer.weight.zero_()  # whatever was there before
    found = fit(resumed, tmp_path / "cut")
    assert torch.equal(resumed.layer.weight, whole.layer.weight)
    assert found.curve == expected.curve
    assert not (tmp_path / "cut" / "training.safetensors").exists()


def test_a_cut_checkpoint_is_dropped_not_taken(tmp_path):
    checkpoint = Checkpoint(tmp_path)
    checkpoint.save(3, {"x": torch.ones(100)})
    assert checkpoint.load()[0] == 3
    checkpoint.file.write_bytes(checkpoint.file.read_bytes()[:-9])
    assert checkpoint.load() is None


def test_a_loss_that_is_not_finite_stops_with_a_hint_and_keeps_the_checkpoint(
    tmp_path, monkeypatch
):
    monkeypatch.setattr("waystation.training.checkpoints.SECONDS_BETWEEN", 0)
    with pytest.raises(UserError, match=r"loss is nan at step 8 of 40 .*learning rate 0\.05"):
        fit(Toy(spoil=True), tmp_path)
    assert Checkpoint(tmp_path).load()[0] == 7


def test_weights_that_the_last_update_spoils_are_refused(tmp_path):
    """No loss tells of them."""
    with pytest.raises(UserError, match=r"weights are not finite after the update at step 40 of"):
        fit(Toy(overflow_at=40), tmp_path)


def test_weights_that_are_not_finite_are_never_scored(tmp_path):
    """The loss of the next step would tell of them, the score before it would not."""
    seen = []
    with pytest.raises(UserError, match=r"weights are not finite after the update at step 20 of"):
        fit(Toy(overflow_at=20), tmp_path, at_step={20: lambda: seen.append(20) or True})
    assert seen == []


def test_callbacks_run_after_their_steps(tmp_path):
    seen = []
    fit(Toy(), tmp_path, at_step={s: lambda s=s: seen.append(s) for s in (10, 40)})
    assert seen == [10, 40]
