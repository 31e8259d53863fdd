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
