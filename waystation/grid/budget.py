"""How long and how fast to train."""

from dataclasses import dataclass

from waystation.params.schema import FineTuning


@dataclass(frozen=True)
class Budget:
    """How long and how fast to train."""

    steps: int
    learning_rate: float
    warmup: float
    weight_decay: float
    beta2: float
    clip_norm: float


def budget_of(settings: FineTuning, examples: int) -> Budget:
    """The budget of a fine-tuning: epochs over `examples`, whole batches."""
    per_epoch = max(1, examples // settings.batch_size)
    return Budget(
        steps=max(1, round(settings.epochs * per_epoch)),
        learning_rate=settings.learning_rate,
        warmup=settings.warmup,
        weight_decay=settings.weight_decay,
        beta2=settings.beta2,
        clip_norm=settings.clip_norm,
    )


def shares(sizes: dict[str, int], cap: int) -> dict[str, int]:
    """The weights of tasks that share a budget of steps: their features, of each at most `cap`."""
    return {task: min(size, cap) for task, size in sizes.items()}


def steps_mixed_in(steps: int, share: float) -> int:
    """Steps of masked language modelling beside `steps` of tasks, where they are a share of all."""
    return round(steps * share / (1 - share))
