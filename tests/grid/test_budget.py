"""Steps of a fine-tuning, worked by hand."""

from waystation.grid.budget import budget_of
from waystation.params.schema import FineTuning


def test_the_budget_counts_whole_batches():
    settings = FineTuning(
        learning_rate=1.0,
        epochs=2.0,
        batch_size=16,
        max_tokens=64,
        warmup=0.0,
        weight_decay=0.0,
        beta2=0.9,
        clip_norm=1.0,
        stride=16,
    )
    assert budget_of(settings, 50).steps == 6  # 3 whole batches an epoch
    assert budget_of(settings, 5).steps == 2
