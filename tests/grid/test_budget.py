"""Steps of trainings, worked by hand."""

from waystation.grid.budget import budget_of, shares, steps_mixed_in
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


def test_tasks_share_steps_by_their_sizes_up_to_a_cap():
    assert shares({"mnli": 400, "copa": 30}, 100) == {"mnli": 100, "copa": 30}


def test_what_is_mixed_in_is_a_share_of_all_steps():
    assert steps_mixed_in(75, 0.25) == 25
