"""Our AdamW, clipping and schedule equal torch's and a schedule worked by hand."""

import pytest
import torch
from torch import nn

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
