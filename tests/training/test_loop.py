"""The training loop: it learns, resumes to the bit, and stops at a loss that is not finite."""

import dataclasses
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from waystation.base.errors import UserError
from waystation.encoder.features import inference_batches
from waystation.grid.budget import Budget, budget_of
from waystation.training import loop
from waystation.training.batches import Shuffled, mixture, sample
from waystation.training.checkpoints import Checkpoint
from waystation.training.phase import order_of_tasks

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


def test_every_epoch_sees_every_item_once_in_another_order():
    batches = Shuffled(list(range(12)), 4, "s")
    epochs = [[i for n in range(3 * e, 3 * e + 3) for i in batches.batch(n)] for e in (0, 1, 0)]
    assert sorted(epochs[0]) == sorted(epochs[1]) == list(range(12))
    assert epochs[0] != epochs[1]
    assert epochs[0] == epochs[2]


def test_inference_batches_hold_every_feature_once_within_the_limit():
    from waystation.encoder.features import Feature

    features = [Feature([0] * n, i) for i, n in enumerate((3, 9, 4, 4, 20, 1))]
    batches = list(inference_batches(features, 10))
    assert sorted(i for indices, _ in batches for i in indices) == list(range(6))
    for indices, batch in batches:
        assert [features[i] for i in indices] == batch
        assert sum(len(f.ids) for f in batch) <= 10 or len(batch) == 1


def test_the_mixture_follows_the_weights():
    drawn = mixture({"a": 3.0, "b": 1.0}, "s", 4000)
    assert drawn.count("a") / 4000 == pytest.approx(0.75, abs=0.03)
    assert drawn == mixture({"a": 3.0, "b": 1.0}, "s", 4000)


def test_samples_have_no_repetition_and_depend_on_the_seed():
    items = list(range(100))
    assert len(set(sample(items, 30, "1"))) == 30
    assert sample(items, 30, "1") == sample(items, 30, "1") != sample(items, 30, "2")
    assert sample(items, None, "1") == items


def test_the_budget_counts_whole_batches():
    from types import SimpleNamespace

    settings = SimpleNamespace(
        epochs=2.0, batch_size=16, learning_rate=1, warmup=0, weight_decay=0, beta2=0, clip_norm=1
    )
    assert budget_of(settings, 50).steps == 6  # 3 whole batches an epoch
    assert budget_of(settings, 5).steps == 2


PHASE = {"tasks": ["a", "b"], "steps": None, "cap": None, "mixed": None}


def test_steps_of_several_tasks_are_proportional_to_their_sizes_up_to_the_cap():
    phase = PHASE | {"steps": 6000, "cap": 1000}
    order = order_of_tasks(phase, {}, {"a": 5000, "b": 500}, 0)
    assert len(order) == 6000
    assert order.count("a") / order.count("b") == pytest.approx(2, rel=0.1)
    assert order == order_of_tasks(phase, {}, {"a": 5000, "b": 500}, 0)


def test_masked_language_modelling_takes_its_share_of_the_steps_and_spares_the_task_s():
    chosen = {
        "a": SimpleNamespace(**dataclasses.asdict(BUDGET), epochs=2.0, batch_size=10),
        "text": SimpleNamespace(share=0.25),
    }
    phase = PHASE | {"tasks": ["a"], "mixed": "mlm"}
    order = order_of_tasks(phase, chosen, {"a": 300}, 0)
    assert (order.count("a"), order.count("text")) == (60, 20)
    assert order[:60] != ["a"] * 60  # mixed in, not at the end
