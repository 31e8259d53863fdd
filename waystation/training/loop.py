"""The one training loop: masked language modelling, intermediate and target training."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from waystation.base.errors import UserError
from waystation.base.memory import release
from waystation.base.progress import progress
from waystation.grid.budget import Budget
from waystation.training.batches import NextBatch
from waystation.training.checkpoints import Checkpoint
from waystation.training.optimizer import AdamW, clip, schedule

CURVE_POINTS = 50
RELEASE_EVERY = 64  # steps


@dataclass
class Trained:
    """Mean losses along the way: [{step, loss_nats}]; the numbers of real tokens and of steps."""

    curve: list[dict]
    tokens: int
    steps: int


def train(
    model: nn.Module,
    loss_of: Callable[[str, list, int], tuple[Tensor, int]],
    next_batch: NextBatch,
    budget: Budget,
    what: str,
    scratch: Path,
    seed: int,
    at_step: dict[int, Callable[[], bool]] | None = None,
) -> Trained:
    """Train `model` in place.

    `next_batch(step)` gives (task, features); `loss_of(task, features, step)` the mean loss of the
    batch and its number of real tokens. `at_step[n]` is called when n steps are done, and ends the
    training by returning True; a resumed run calls none that was called before its checkpoint.
    `seed` draws the dropout. Raises UserError on a loss or on weights that are
    not finite, keeping the last checkpoint.
    """
    model.train()
    named = dict(model.named_parameters())
    optimizer = AdamW(named, budget.weight_decay, beta2=budget.beta2)
    parameters = list(named.values())
    drops = any(isinstance(m, nn.Dropout) and m.p > 0 for m in model.modules())
    checkpoint = Checkpoint(scratch)
    start, losses = resume(model, optimizer, checkpoint, budget.steps)
    tokens = 0
    bar = progress(range(start, budget.steps), budget.steps, what, "steps", start)
    for step in bar:
        task, features = next_batch(step)
        if drops:  # takes no generator; seeded by step, a resumed run draws the same
            torch.manual_seed(seed * 2**32 + step)
        loss, count = loss_of(task, features, step)
        losses[step] = value = loss.item()
        where = f"at step {step + 1} of {budget.steps} (task {task}, learning rate"
        where += f" {budget.learning_rate:g}); try a smaller one"
        if not math.isfinite(value):
            raise UserError(f"{what}: the loss is {value} {where}")
        loss.backward()
        clip(parameters, budget.clip_norm)
        optimizer.step(budget.learning_rate * schedule(step, budget.steps, budget.warmup))
        tokens += count
        done, last = step + 1, step + 1 == budget.steps
        score = (at_step or {}).get(done)
        due = not last and checkpoint.due()
        if last or due or score:
            hold_finite(named, f"{what}: weights are not finite after the update {where}")
        if score and score():
            losses = losses[:done]
            break
        if step % RELEASE_EVERY == 0:
            release()
        if due:
            checkpoint.save(done, state(model, optimizer, losses))
    checkpoint.remove()
    model.eval()
    return Trained(curve(losses), tokens, len(losses))


def hold_finite(named: dict[str, nn.Parameter], problem: str) -> None:
    """The loss tells of weights that are not finite only at the next step.

    Least and greatest are not finite either where any is not, and take one pass without a copy.
    """
    ends = [end for parameter in named.values() for end in torch.aminmax(parameter.detach())]
    if not torch.isfinite(torch.stack(ends)).all():
        raise UserError(problem)


def resume(
    model: nn.Module, optimizer: AdamW, checkpoint: Checkpoint, steps: int
) -> tuple[int, Tensor]:
    """Load the last checkpoint into model and optimizer; (steps done, losses so far)."""
    losses = torch.zeros(steps)
    stored = checkpoint.load()
    if stored is None:
        return 0, losses
    step, tensors = stored
    model.load_state_dict({k[6:]: v for k, v in tensors.items() if k.startswith("model/")})
    optimizer.restore({k[10:]: v for k, v in tensors.items() if k.startswith("optimizer/")})
    losses[:step] = tensors["losses"][:step]
    print(f"going on after step {step} of {steps}", flush=True)
    return step, losses


def state(model: nn.Module, optimizer: AdamW, losses: Tensor) -> dict[str, Tensor]:
    tensors = {f"model/{name}": tensor for name, tensor in model.state_dict().items()}
    tensors |= {f"optimizer/{name}": tensor for name, tensor in optimizer.state().items()}
    return tensors | {"losses": losses}


def curve(losses: Tensor) -> list[dict]:
    """At most CURVE_POINTS means of consecutive losses, for the metrics file."""
    width = math.ceil(len(losses) / CURVE_POINTS)
    return [
        {"step": start + len(window), "loss_nats": round(float(window.mean()), 4)}
        for start, window in zip(range(0, len(losses), width), losses.split(width), strict=True)
    ]
