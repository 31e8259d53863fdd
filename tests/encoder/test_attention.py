"""Attention by sequence, and dropout with cheap random numbers."""

import pytest
import torch
from torch import nn

from waystation.encoder.features import Packed
from waystation.encoder.processor import attention, dropout

LENGTHS = [4, 1, 6]


@pytest.mark.parametrize("rate", [0.0, 0.3])
def test_the_way_back_is_the_gradient(rate):
    """Against differences of outputs, in double precision, with the same draws each time."""

    def attended(grid):
        torch.manual_seed(3)
        return attention.attend(grid, LENGTHS, 3, rate)

    grid = torch.randn(sum(LENGTHS), 36, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(attended, (grid,))


def test_it_is_attention_on_a_padded_grid(encoder, monkeypatch):
    sequences = [[0, 5, 6, 7, 2], [0, 9, 2], [0, 8, 8, 30, 31, 32, 33, 2]]
    results = []
    for least in (2**20, 0):
        monkeypatch.setattr(attention, "LEAST_WIDTH", least)
        encoder.zero_grad()
        hidden = encoder(Packed(sequences))
        hidden.pow(3).sum().backward()
        results.append([hidden, *(p.grad.clone() for p in encoder.parameters())])
    for padded, ours in zip(*results, strict=True):
        torch.testing.assert_close(ours, padded, atol=1e-4, rtol=1e-4)
    assert not torch.equal(results[0][0], results[1][0])  # two ways


def test_attention_drops_probabilities_at_their_rate():
    """Equal scores and values of one: a context is the share that was kept, scaled."""
    grid = torch.zeros(300, 3 * 8, requires_grad=True)
    with torch.no_grad():
        grid[:, 16:] = 1
    torch.manual_seed(0)
    contexts = attention.attend(grid, [300], 2, 0.25).detach()
    shares = contexts.view(300, 2, 4) * 0.75
    assert float(shares.mean()) == pytest.approx(0.75, abs=0.005)
    assert float(shares[..., 0].std()) == pytest.approx((0.25 * 0.75 / 300) ** 0.5, rel=0.1)
    assert torch.equal(shares[..., 0], shares[..., 3])  # a probability, not a number of the value


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.99999])
def test_dropout_keeps_the_mean(rate):
    torch.manual_seed(1)
    keep = dropout.kept(dropout.draw(400_003), rate)
    assert keep.unique().tolist() == [0.0, 1.0]
    assert float(keep.mean()) == pytest.approx(1 - rate, abs=0.002)
    assert 1 - 1 / dropout.scale(rate) == pytest.approx(rate, abs=1e-5)


def test_dropout_of_a_sum_is_dropout_and_a_sum():
    layer, x, rest = nn.Dropout(0.4), torch.randn(50, 8, requires_grad=True), torch.randn(50, 8)
    sums = []
    for made in (
        lambda: dropout.drop_and_add(x, layer, rest),
        lambda: dropout.drop(x, layer) + rest,
    ):
        torch.manual_seed(2)
        sums.append(made())
    torch.testing.assert_close(*sums)
    (slope,) = torch.autograd.grad(sums[0].sum(), x)
    kept = (sums[0] - rest).abs() > 0
    torch.testing.assert_close(slope, kept * dropout.scale(0.4))
    layer.eval()
    assert torch.equal(dropout.drop(x, layer), x)
    assert torch.equal(dropout.drop_and_add(x, layer, rest), x + rest)
