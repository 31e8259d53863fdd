"""AdamW on torch's fused kernel, gradient clipping, and the linear schedule.

`torch.optim` would do the same but imports the compiler: 1.6 s in every stage process, more than
the whole fine-tuning of a small model. A test holds this one to `torch.optim.AdamW` bit for bit.
"""

from functools import partial

import torch
from torch import Tensor, nn

from waystation.encoder.layers import few_rows_of
from waystation.training.table import Table

WORDS = "word_embeddings.weight"
NO_DECAY = ("bias", "LayerNorm.weight", "layer_norm.weight")


def schedule(step: int, steps: int, warmup: float) -> float:
    """Factor of the peak learning rate at `step` (from 0): linear up, then linear to zero."""
    rising = max(1, round(warmup * steps))
    if step < rising:
        return (step + 1) / rising
    return max(0.0, (steps - step) / max(1, steps - rising))


class AdamW:
    """AdamW (Loshchilov & Hutter 2019) with bias correction; no decay of biases and norms."""

    def __init__(
        self,
        named: dict[str, nn.Parameter],
        weight_decay: float,
        beta1: float = 0.9,
        beta2: float = 0.98,
        eps: float = 1e-8,
    ):
        self.named = {name: p for name, p in named.items() if p.requires_grad}
        self.betas, self.eps, self.weight_decay = (beta1, beta2), eps, weight_decay
        self.tables = {
            name: Table(p)
            for name, p in self.named.items()
            if name.endswith(WORDS) and few_rows_of(p)
        }
        held = {name: p for name, p in self.named.items() if name not in self.tables}
        self.first = {name: torch.zeros_like(p) for name, p in held.items()}
        self.second = {name: torch.zeros_like(p) for name, p in held.items()}
        (self.device,) = {p.device for p in self.named.values()}
        self.steps = torch.zeros(len(self.named), device=self.device)  # updates of each parameter
        self.counts = dict(zip(self.named, self.steps, strict=True))  # views, one a parameter
        groups: dict[bool, list[str]] = {True: [], False: []}
        for name in held:
            groups[decays(name)].append(name)
        # Per decay (weight_decay or none): (parameter, first, second, count), looked up once.
        self._groups = {
            decay: [(self.named[n], self.first[n], self.second[n], self.counts[n]) for n in names]
            for decay, names in groups.items()
        }

    @torch.no_grad()
    def step(self, learning_rate: float) -> None:
        """Update every parameter that has a gradient, then drop the gradients."""
        updated = [p.grad is not None for p in self.named.values()]
        self.steps += torch.tensor(updated, device=self.device)
        for decay, group in self._groups.items():
            trained = [held for held in group if held[0].grad is not None]
            if trained:
                parameters, *moments = map(list, zip(*trained, strict=True))
                gradients = [parameter.grad for parameter in parameters]
                self.update(learning_rate, decay, (parameters, gradients, *moments))
        for name, table in self.tables.items():
            if self.named[name].grad is not None:
                update = partial(self.update_table, learning_rate, name)
                lost = learning_rate * self.weight_decay if decays(name) else 0.0
                table.step(update, 1 - lost)
        for parameter in self.named.values():
            parameter.grad = None

    def update_table(self, learning_rate: float, name: str, *tensors: Tensor) -> None:
        """`update` of rows of a table: weights, gradient and both moments."""
        lists = tuple([tensor] for tensor in (*tensors, self.counts[name]))
        self.update(learning_rate, decays(name), lists)

    def update(self, learning_rate: float, decay: bool, lists: tuple[list, ...]) -> None:
        """torch's kernel on lists of parameters, gradients, both moments and counts."""
        parameters, gradients, first, second, counts = lists
        torch._fused_adamw_(
            parameters,
            gradients,
            first,
            second,
            [],
            counts,
            lr=learning_rate,
            beta1=self.betas[0],
            beta2=self.betas[1],
            weight_decay=self.weight_decay if decay else 0.0,
            eps=self.eps,
            amsgrad=False,
            maximize=False,
        )

    def state(self) -> dict[str, Tensor]:
        """Everything that a resumed run needs, by name."""
        kept = {"first": self.first, "second": self.second}
        named = {f"{part}/{name}": t for part, held in kept.items() for name, t in held.items()}
        for name, table in self.tables.items():
            named |= {f"{key}/{name}": tensor for key, tensor in table.state().items()}
        return named | {"steps": self.steps}

    def restore(self, state: dict[str, Tensor]) -> None:
        for name, table in self.tables.items():
            table.restore(**{key: state[f"{key}/{name}"] for key in table.state()})
        for key, tensor in self.state().items():
            tensor.copy_(state[key])


def decays(name: str) -> bool:
    return not name.endswith(NO_DECAY)


@torch.no_grad()
def clip(parameters: list[nn.Parameter], norm: float) -> None:
    """Scale the gradients so that their joint L2 norm is at most `norm`."""
    gradients = []
    for parameter in parameters:
        if parameter.grad is not None and parameter.grad.is_sparse:
            parameter.grad = parameter.grad.coalesce()
            gradients.append(parameter.grad.values())
        elif parameter.grad is not None:
            gradients.append(parameter.grad)
    total = torch.linalg.vector_norm(torch.stack(torch._foreach_norm(gradients))).item()
    factor = norm / (total + 1e-6)
    if factor < 1:
        torch._foreach_mul_(gradients, factor)
