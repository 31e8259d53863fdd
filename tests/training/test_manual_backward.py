"""The written-out backward pass gives autograd's gradients, and trains and resumes as it does."""

import pytest
import torch

from waystation.encoder.encoder import Encoder, EncoderConfig, initialize
from waystation.encoder.features import Feature, Packed
from waystation.encoder.tokenizer import Special
from waystation.grid.budget import Budget
from waystation.heads.masked_language_modelling import Masking
from waystation.params.schema import ScratchModel
from waystation.training import manual_backward, pretraining
from waystation.training.batches import Shuffled
from waystation.training.flat import Flat

VOCABULARY = 40
SPECIAL = Special(0, (2, 2), 2, False, 1, 3, mask=39, vocabulary=VOCABULARY)
BUDGET = Budget(12, 0.01, 0.1, 0.01, 0.98, 1.0)


def masked_model(layers=2, dropout=0.0):
    entry = ScratchModel(layers, 16, 4, 24, 20, 0.2, dropout, 0)
    model = pretraining.MaskedModel(entry, VOCABULARY, torch.Generator().manual_seed(0))
    generator = torch.Generator().manual_seed(1)
    initialize(model, 0.3, generator)
    with torch.no_grad():  # biases and norms too, that no gradient is right by chance
        for parameter in model.parameters():
            parameter += 0.1 * torch.randn(parameter.shape, generator=generator)
    return model


def documents(lengths):
    draw = torch.Generator().manual_seed(sum(lengths))
    ids = [torch.randint(4, 39, (n - 2,), generator=draw).tolist() for n in lengths]
    return [Feature([0, *words, 2], index) for index, words in enumerate(ids)]


@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize("lengths", [(7, 12, 3), (9, 9), (5,)])
def test_loss_and_gradients_are_those_of_autograd(layers, lengths, monkeypatch):
    # In double precision, where rounding cannot hide a wrong term; also what leaves the encoder.
    monkeypatch.setattr(torch.Tensor, "float", torch.Tensor.double)
    plain, ours = masked_model(layers).double(), masked_model(layers).double()
    flat = Flat(ours)
    step = manual_backward.MaskedStep(ours.encoder, ours.head, flat)
    masking = Masking(0.4, SPECIAL, 0)
    for index in range(2):  # the second finds what the first has left in the buffers
        plain.zero_grad()
        expected, _ = plain.loss(documents(lengths), masking, index)
        expected.backward()
        found = step.loss(*pretraining.masked(documents(lengths), masking, index))
        assert found.item() == pytest.approx(expected.item(), abs=1e-12)
        for (name, p), q in zip(plain.named_parameters(), ours.parameters(), strict=True):
            told = lambda problem, name=name: f"{name}: {problem}"
            torch.testing.assert_close(flat.views(q)[1], p.grad, atol=1e-12, rtol=1e-9, msg=told)


def test_flat_parameters_keep_their_values_and_are_views():
    before, model = dict(masked_model().named_parameters()), masked_model()
    flat = Flat(model)
    assert all(torch.equal(p, before[name]) for name, p in model.named_parameters())
    with torch.no_grad():
        for buffer in flat.named.values():
            buffer.zero_()
    assert not any(p.any() for p in model.parameters())
    with pytest.raises(AssertionError):
        flat.views(model.encoder.embeddings.LayerNorm.bias, model.head.dense.bias)


@pytest.mark.parametrize(
    ("more", "fitting"),
    [
        ({}, True),
        ({"model_type": "bert"}, True),
        ({"model_type": "xlm-roberta-xl"}, False),
        ({"hidden_dropout_prob": 0.1}, False),
        ({"attention_probs_dropout_prob": 0.1}, False),
    ],
)
def test_what_it_fits(more, fitting):
    assert (
        manual_backward.fits(Encoder(EncoderConfig(VOCABULARY, 16, 2, 4, 24, 20, **more)))
        == fitting
    )


def train(model, folder, stop_at=None):
    batches = Shuffled(documents([5 + n % 9 for n in range(40)]), 4, "seed")

    def next_batch(step):
        if step == stop_at:
            raise KeyboardInterrupt
        return "text", batches.batch(step)

    masking = Masking(0.4, SPECIAL, 0)
    return pretraining.train(model, masking, next_batch, BUDGET, "toy", folder, 1)


def test_it_trains_as_autograd_does(tmp_path, monkeypatch):
    ours, plain = masked_model(), masked_model()
    found = train(ours, tmp_path)
    monkeypatch.setattr(manual_backward, "fits", lambda config: False)
    expected = train(plain, tmp_path)
    pairs = zip(found.curve, expected.curve, strict=True)
    assert all(a["loss_nats"] == pytest.approx(b["loss_nats"], abs=1e-3) for a, b in pairs)
    assert found.curve[-1]["loss_nats"] < found.curve[0]["loss_nats"]
    packed = Packed([[0, 5, 6, 2]])
    with torch.no_grad():
        torch.testing.assert_close(ours.encoder(packed), plain.encoder(packed), atol=1e-2, rtol=0)


def test_an_interrupted_run_ends_with_the_bytes_of_an_uninterrupted_one(tmp_path, monkeypatch):
    monkeypatch.setattr("waystation.training.checkpoints.SECONDS_BETWEEN", 0)
    whole, resumed = masked_model(), masked_model()
    expected = train(whole, tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        train(masked_model(), tmp_path / "cut", stop_at=7)
    with torch.no_grad():
        resumed.head.bias.zero_()  # whatever was there before
    assert train(resumed, tmp_path / "cut").curve == expected.curve
    assert all(torch.equal(a, b) for a, b in zip(whole.parameters(), resumed.parameters()))


def test_with_dropout_autograd_trains(tmp_path, monkeypatch):
    monkeypatch.setattr(manual_backward, "MaskedStep", None)
    trained = train(masked_model(dropout=0.1), tmp_path)
    assert trained.steps == BUDGET.steps
