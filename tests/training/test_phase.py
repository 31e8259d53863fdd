"""Which task each step of a phase trains."""

import pytest

from waystation.grid.plans import Phase
from waystation.params.schema import FineTuning, MaskedLanguageModelling
from waystation.training.batches import Shuffled
from waystation.training.phase import Lesson, order_of_tasks

SETTINGS = FineTuning(0.05, 2.0, 10, 64, 0.1, 0.01, 0.98, 1.0, 16)


def lessons(**sizes: int) -> dict[str, Lesson]:
    return {task: Lesson(Shuffled([task], 10, task), size, None) for task, size in sizes.items()}


def test_steps_of_several_tasks_are_proportional_to_their_sizes_up_to_the_cap():
    phase = Phase(("a", "b"), 6000, 1000, None, {}, {"a": SETTINGS, "b": SETTINGS})
    order = order_of_tasks(phase, lessons(a=5000, b=500), 0)
    assert len(order) == 6000
    assert order.count("a") / order.count("b") == pytest.approx(2, rel=0.1)
    assert order == order_of_tasks(phase, lessons(a=5000, b=500), 0)


def test_masked_language_modelling_takes_its_share_of_the_steps_and_spares_the_task_s():
    mixed = MaskedLanguageModelling(share=0.25, batch_size=8, max_tokens=64)
    phase = Phase(("a",), None, None, "mlm", {}, {"a": SETTINGS, "text": mixed})
    order = order_of_tasks(phase, lessons(a=300, text=77), 0)
    assert (order.count("a"), order.count("text")) == (60, 20)
    assert order[:60] != ["a"] * 60  # mixed in, not at the end
