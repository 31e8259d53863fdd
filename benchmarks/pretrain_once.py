"""One measurement for benchmarks.pretrain_speed: train once, in this process, and print JSON.

    python -m benchmarks.pretrain_once '{"contestant": "ours", ...}'

All contestants start from the same weights, see the same multiset of documents in as many batches
of the same size, and are judged on the same held-out documents with the same masks. The clock runs
from the first batch asked for to the end of the last step. Before that a training of `warmup_steps`
of its own, on a model that is thrown away, warms the process up. Processor time is noted beside the
clock's: it tells less than the clock, but a busy machine disturbs it less.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch

from waystation.encoder.checkpoint import read_encoder, write_encoder
from waystation.encoder.tokenizer import read_special, read_tokenizer
from waystation.grid.budget import Budget
from waystation.heads.masked_language_modelling import Masking
from waystation.params.load import load_settings
from waystation.params.models import ScratchModel
from waystation.params.schema import Pretrain
from waystation.training import pretraining

HELD_OUT = 40  # documents of each language, its last
JUDGED = 16  # batches of them
STRATEGIES = {"trainer": "random", "trainer_grouped": "group_by_length"}


def main() -> None:
    job = SimpleNamespace(**json.loads(sys.argv[1]))
    torch.set_num_threads(job.threads)
    loaded = load_settings(Path(job.params))
    setting = Setting(job, loaded.pretrain, loaded.models[job.model])
    train = train_ours if job.contestant == "ours" else train_with_trainer
    train(setting, job.contestant, job.warmup_steps)
    model, (seconds, cpu), mean_loss = train(setting, job.contestant, job.steps)
    tokens = sum(len(d.ids) for batch in setting.batches(job.steps) for d in batch)
    told = {
        "tokens": tokens,
        "training_sec": seconds,
        "training_cpu_sec": cpu,
        "tokens_per_sec": tokens / seconds,
        "tokens_per_cpu_sec": tokens / cpu,
        "mean_training_loss_nats": mean_loss,
        "held_out_loss_nats": setting.judge(model),
    }
    print(json.dumps(told))


def now() -> np.ndarray:
    """(clock, processor time) in seconds."""
    return np.array([time.perf_counter(), time.process_time()])


class Setting:
    """What all contestants share: documents, start, budget and judgement."""

    def __init__(self, job: SimpleNamespace, knobs: Pretrain, entry: ScratchModel):
        self.knobs, self.entry = knobs, replace(entry, seed=entry.seed + job.repeat)
        self.folder = Path(job.tokenizer)
        tokenizer = read_tokenizer(self.folder)
        longest = min(knobs.max_tokens, entry.positions - 2)
        found = pretraining.documents(Path(job.text), tokenizer, longest)
        self.train = {code: documents[:-HELD_OUT] for code, documents in found.items()}
        self.held_out = {code: documents[-HELD_OUT:] for code, documents in found.items()}
        self.vocab_size = tokenizer.get_vocab_size()
        self.special = read_special(tokenizer)

    def model(self) -> pretraining.MaskedModel:
        """The model at its start."""
        generator = torch.Generator().manual_seed(self.entry.seed)
        return pretraining.MaskedModel(self.entry, self.vocab_size, generator)

    def masking(self, seed: int) -> Masking:
        return Masking(self.knobs.mask_rate, self.special, seed)

    def draws(self, languages: dict[str, list]) -> pretraining.Draws:
        knobs = self.knobs
        return pretraining.Draws(
            languages, knobs.batch_size, knobs.language_exponent, self.entry.seed
        )

    def batches(self, steps: int) -> list[list]:
        draws = self.draws(self.train)
        return [draws.batch(step)[1] for step in range(steps)]

    @torch.inference_mode()
    def judge(self, model: pretraining.MaskedModel) -> float:
        """Mean loss in nats on held-out documents, with the same masks for every model."""
        model.eval()
        draws, masking = self.draws(self.held_out), self.masking(10**6)
        losses = [model.loss(draws.batch(s)[1], masking, s)[0] for s in range(JUDGED)]
        return float(torch.stack(losses).mean())


def train_ours(setting: Setting, contestant: str, steps: int) -> tuple:
    """(model, (seconds, processor seconds), mean training loss) of the project's pretraining."""
    model, masking, knobs = setting.model(), setting.masking(setting.entry.seed), setting.knobs
    draws, begun = setting.draws(setting.train), []

    def next_batch(step: int) -> tuple:
        if not begun:
            begun.append(now())
        return draws.batch(step)

    budget = Budget(
        steps, knobs.learning_rate, knobs.warmup, knobs.weight_decay, knobs.beta2, knobs.clip_norm
    )
    with tempfile.TemporaryDirectory() as scratch:
        trained = pretraining.train(
            model, masking, next_batch, budget, contestant, Path(scratch), setting.entry.seed
        )
    times = tuple(now() - begun[0])
    widths = torch.tensor([p["step"] for p in trained.curve]).diff(prepend=torch.tensor([0]))
    means = torch.tensor([p["loss_nats"] for p in trained.curve])
    return model, times, float((widths * means).sum() / steps)


def train_with_trainer(setting: Setting, contestant: str, steps: int) -> tuple:
    """The same of Transformers' Trainer, on XLMRobertaForMaskedLM of the same start."""
    import transformers

    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    tokenizer = transformers.AutoTokenizer.from_pretrained(setting.folder)
    # Masks of special tokens made beforehand: the collator is much slower without.
    frame = setting.special.frame
    documents = [
        {"input_ids": d.ids, "special_tokens_mask": [int(i in frame) for i in d.ids]}
        for batch in setting.batches(steps)
        for d in batch
    ]
    with tempfile.TemporaryDirectory() as folder:
        start = setting.model()
        write_encoder(Path(folder), start.encoder, start.head)
        trainer = transformers.Trainer(
            transformers.XLMRobertaForMaskedLM.from_pretrained(folder),
            arguments(transformers, setting, STRATEGIES[contestant], steps, folder),
            transformers.DataCollatorForLanguageModeling(
                tokenizer, mlm_probability=setting.knobs.mask_rate
            ),
            documents,
            processing_class=tokenizer,
            callbacks=[clock := _clock(transformers)],
        )
        result = trainer.train()
        assert trainer.state.global_step == steps
        trainer.model.save_pretrained(folder)
        start.encoder, start.head = read_encoder(Path(folder))
    return start, tuple(clock.ended - clock.begun), result.training_loss


def arguments(transformers, setting: Setting, strategy: str, steps: int, folder: str):
    """A plain Trainer's arguments: its default optimiser (fused AdamW), nothing beside training."""
    knobs = setting.knobs
    return transformers.TrainingArguments(
        output_dir=folder,
        use_cpu=True,
        seed=setting.entry.seed,
        num_train_epochs=1,
        per_device_train_batch_size=knobs.batch_size,
        train_sampling_strategy=strategy,
        learning_rate=knobs.learning_rate,
        lr_scheduler_type="linear",
        warmup_steps=max(1, round(knobs.warmup * steps)),
        weight_decay=knobs.weight_decay,
        adam_beta2=knobs.beta2,
        max_grad_norm=knobs.clip_norm,
        dataloader_num_workers=0,
        dataloader_pin_memory=False,
        remove_unused_columns=False,  # or the masks of special tokens are dropped
        logging_strategy="no",
        save_strategy="no",
        eval_strategy="no",
        report_to="none",
        disable_tqdm=True,
    )


def _clock(transformers) -> Callable:
    class Clock(transformers.TrainerCallback):
        def on_epoch_begin(self, *args, **more):
            self.begun = now()

        def on_step_end(self, *args, **more):
            self.ended = now()

    return Clock()


if __name__ == "__main__":
    main()
