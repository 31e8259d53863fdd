"""Our AdamW, clipping and schedule equal torch's and a schedule worked by hand."""

import pytest
import torch
from torch import nn

from waystation.encoder import layers
from waystation.training.optimizer import AdamW, clip, schedule


def network():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 8), nn.LayerNorm(8), nn.Linear(8, 2))


def test_equals_torch_adamw_bit_for_bit():
    ours, theirs = network(), network()
    decayed = [p for n, p in theirs.named_parameters() if not n.endswith("bias")]
    rest = [p for n, p in theirs.named_parameters() if n.endswith("bias")]
    reference = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 0.1}, {"params": rest, "weight_decay": 0.0}],
        betas=(0.9, 0.98),
        fused=True,
    )
    optimizer = AdamW(dict(ours.named_parameters()), 0.1, beta2=0.98)
    for step in range(5):
        x = torch.randn(3, 4, generator=torch.Generator().manual_seed(step))
        for net in (ours, theirs):
            net(x).square().sum().backward()
            clip(list(net.parameters()), 0.5)
        for group in reference.param_groups:
            group["lr"] = 0.01 * (step + 1)
        optimizer.step(0.01 * (step + 1))
        reference.step()
        reference.zero_grad()
    for a, b in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.equal(a, b)


def test_biases_and_norms_are_not_decayed():
    layer = nn.ModuleDict({"LayerNorm": nn.LayerNorm(3), "dense": nn.Linear(3, 3)})
    optimizer = AdamW(dict(layer.named_parameters()), 0.5)
    before = {n: p.detach().clone() for n, p in layer.named_parameters()}
    for p in layer.parameters():
        p.grad = torch.zeros_like(p)
    optimizer.step(0.1)
    changed = {n for n, p in layer.named_parameters() if not torch.equal(p, before[n])}
    assert changed == {"dense.weight"}


def test_clip_equals_torch():
    ours, theirs = network(), network()
    for net in (ours, theirs):
        net(torch.ones(2, 4)).square().sum().backward()
    clip(list(ours.parameters()), 0.1)
    nn.utils.clip_grad_norm_(theirs.parameters(), 0.1)
    for a, b in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.allclose(a.grad, b.grad, rtol=1e-6)


@pytest.mark.parametrize(
    ("step", "factor"), [(0, 0.5), (1, 1.0), (2, 1.0), (6, 0.5), (9, 0.125), (10, 0.0)]
)
def test_schedule(step, factor):
    """Ten steps, two of warm-up: 1/2, 1, then 8/8, 7/8, ... of the peak."""
    assert schedule(step, 10, 0.2) == pytest.approx(factor)


class Words(nn.Module):
    """An embedding table, read by rows; with `tied` all its rows have gradients too."""

    def __init__(self, tied=()):
        super().__init__()
        torch.manual_seed(7)
        self.word_embeddings, self.tied = nn.Embedding(50, 16), tied

    def loss(self, step, sparse):
        draw = torch.Generator().manual_seed(step)
        ids = torch.randint(0, 3 + 2 * step, (9,), generator=draw)
        read = nn.functional.embedding(ids, self.word_embeddings.weight, sparse=sparse)
        loss = (read * torch.randn(9, 16, generator=draw)).sum()
        return loss + self.word_embeddings.weight.square().sum() if step in self.tied else loss


@pytest.mark.parametrize("tied", [(), (9,)], ids=["rows", "rows and once the whole table"])
def test_updates_of_few_rows_are_those_of_the_table(monkeypatch, tied):
    """To the bit. Rows come in one by one; the third network goes on from a checkpoint."""
    weights = []
    for large, stop in ((2**30, None), (0, None), (0, 12)):
        monkeypatch.setattr(layers, "LARGE_TABLE", large)
        words = Words(tied)
        named = dict(words.named_parameters())
        optimizer = AdamW(named, 0.1, beta2=0.98)
        for step in range(20):
            if step == stop:
                state = {name: tensor.clone() for name, tensor in optimizer.state().items()}
                optimizer = AdamW(named, 0.1, beta2=0.98)
                optimizer.restore(state)
            words.loss(step, sparse=large == 0).backward()
            clip(list(words.parameters()), 1e9)
            optimizer.step(0.01 * (step + 1))
        weights.append(words.word_embeddings.weight.detach())
        if large == 0:
            assert len(optimizer.tables["word_embeddings.weight"].rows) == (50 if tied else 32)
    assert torch.equal(weights[1], weights[2])
    if tied:  # rows that are read twice are summed in another order
        torch.testing.assert_close(weights[0], weights[1])
    else:
        assert torch.equal(weights[0], weights[1])


def test_clip_takes_gradients_of_few_rows():
    norms = []
    for sparse in (False, True):
        words = Words()
        words.loss(5, sparse).backward()
        clip(list(words.parameters()), 0.5)
        norms.append(words.word_embeddings.weight.grad.to_dense())
    torch.testing.assert_close(*norms)
    assert float(norms[0].norm()) == pytest.approx(0.5, rel=1e-4)
