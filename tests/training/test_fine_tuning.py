"""Which settings a fine-tuning gets."""

from contextlib import contextmanager
from types import SimpleNamespace

from stages import target
from waystation.grid.plans import TargetGroupPlan, TargetPlan
from waystation.params.schema import TargetTask


def test_the_stage_trains_with_its_model_s_own_learning_rate(monkeypatch):
    settings = TargetTask(
        learning_rate=2e-5, epochs=1, batch_size=8, max_tokens=64, warmup=0.1, weight_decay=0.0,
        beta2=0.98, clip_norm=1.0, stride=32, learning_rate_by_model={"large": 3e-5},
    )  # fmt: skip
    plan = TargetGroupPlan({"copa": TargetPlan("copa", (), settings, None)}, 1, None, {})
    rates = []

    def train_seed(run, plan, name, target, seed):
        rates.append(target.settings.learning_rate)
        return 50.0

    for model in ("large", "base"):
        run = SimpleNamespace(settings=SimpleNamespace(seeds=(0,)), made="")
        run.options = SimpleNamespace(model=model)

        @contextmanager
        def stage(*_, run=run, **__):
            yield run

        monkeypatch.setattr(target, "stage", stage)
        monkeypatch.setattr(target, "read_plan", lambda run, kind: plan)
        monkeypatch.setattr(target.device, "use", lambda settings: None)
        monkeypatch.setattr(target, "train_seed", train_seed)
        target.main()
    assert rates == [3e-5, 2e-5]
