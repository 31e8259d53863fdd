"""Compare the speed of fine-tuning with Transformers' own model in a plain loop, on any device.

Contestants: `ours` (waystation/training/loop.py: unpadded batches) and `transformers` (the model
class of the architecture with a classification head, batches padded to their longest sequence,
sdpa, torch's fused AdamW, clipping, no wait for the loss, algorithms that may give other bytes each
time). Both under the suite's device and precision, from random weights of the shape of a model of
--params, with the same random tokens; only lengths matter to the clock. They are drawn
log-normally: pairs of sentences (mean 40 tokens, at most 256, 32 in a batch) or questions with
their contexts (mean 190, at most 384, 16).

The contestants take turns, each in rounds of --steps steps after one that is not timed. Tokens are
real ones, padding is not counted. Utilisation is operations on real tokens
(waystation/grid/flops.py) over the peak of the card that --gpu names.

    python -m benchmarks.finetune_speed --model xlm-roberta-large --lengths pairs --gpu h100
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import torch

from benchmarks import paired
from waystation.base.errors import UserError, choose
from waystation.commands.plan import GPUS
from waystation.data.examples import Description
from waystation.encoder import device
from waystation.encoder.config import EncoderConfig
from waystation.encoder.features import Feature
from waystation.files import write_json
from waystation.grid import flops
from waystation.grid.budget import Budget
from waystation.grid.cells import arithmetic
from waystation.params.load import load_settings
from waystation.task_model import TaskModel
from waystation.training import loop

LENGTHS = {"pairs": (40, 256, 32), "questions": (190, 384, 16)}  # mean, longest, in a batch
SPREAD = 0.5  # of the logarithm
LABELS = ("a", "b", "c")
BUDGET = {"learning_rate": 1e-5, "warmup": 0.1, "weight_decay": 0.01, "beta2": 0.999}


def main() -> None:
    options = parse(sys.argv[1:])
    try:
        told = compare(options)
    except UserError as problem:
        raise SystemExit(f"finetune_speed: error: {problem}") from None
    print(table(told))
    if options.json:
        write_json(options.json, told)


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.finetune_speed",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--params", type=Path, default=Path("suites/xtreme/params.yaml"), help="(%(default)s)")
    add("--model", help="one of its models (default: the first)")
    add("--lengths", choices=sorted(LENGTHS), default="pairs", help="(default: %(default)s)")
    add("--steps", type=int, default=50, help="in a round (default: %(default)s)")
    add("--repeats", type=int, default=5, help="rounds of each (default: %(default)s)")
    add("--gpu", choices=sorted(GPUS), help="whose peak utilisation is told against")
    add("--json", type=Path, help="write the numbers here too")
    return parser.parse_args(arguments)


def compare(options: argparse.Namespace) -> dict:
    """Both contestants in turns: {"tokens", "flops", "rounds": {name: [seconds]}, "peak_gib"}."""
    suite = load_settings(options.params)
    device.use(suite)
    name = options.model or next(iter(suite.models))
    entry = suite.models[choose(name, suite.models, "model")]
    batches = [batch(options.lengths, step, entry.vocabulary) for step in range(options.steps)]
    rounds = {"ours": ours(entry, suite, batches), "transformers": theirs(entry, suite, batches)}
    seconds: dict[str, list[float]] = {contestant: [] for contestant in rounds}
    peak = {}
    for number in range(options.repeats + 1):
        for contestant, play in rounds.items():
            if suite.device == "cuda":
                torch.cuda.reset_peak_memory_stats()
            began = time.perf_counter()
            play()
            device.wait(suite)
            if number:  # the first one warms up
                seconds[contestant].append(time.perf_counter() - began)
            if suite.device == "cuda":
                peak[contestant] = torch.cuda.max_memory_allocated() / 2**30
    lengths = [len(feature.ids) for part in batches for feature in part]
    operations = sum(flops.TRAINING * flops.forward(entry, n, n) for n in lengths)
    return {
        "model": name,
        "lengths": options.lengths,
        "steps": options.steps,
        "tokens": sum(lengths),
        "padded_tokens": sum(max(len(f.ids) for f in part) * len(part) for part in batches),
        "flops": operations,
        "peak_flops": GPUS[options.gpu] * 1e12 if options.gpu else None,
        "versions": {"torch": torch.__version__},
        **device.card(suite),
        **arithmetic(suite),
        "seconds": seconds,
        "peak_gib": peak,
    }


def batch(lengths: str, step: int, vocabulary: int) -> list[Feature]:
    mean, longest, size = LENGTHS[lengths]
    draw = random.Random(f"{lengths}/{step}")
    features = []
    for index in range(size):
        drawn = mean * draw.lognormvariate(-(SPREAD**2) / 2, SPREAD)
        count = min(longest, max(8, round(drawn)))
        ids = [draw.randrange(4, vocabulary - 1) for _ in range(count)]
        features.append(Feature(ids, index, draw.randrange(len(LABELS))))
    return features


def config(entry) -> EncoderConfig:
    return EncoderConfig(
        entry.vocabulary,
        entry.hidden,
        entry.layers,
        entry.heads,
        entry.intermediate,
        entry.positions,
        hidden_dropout_prob=0.1,
        attention_probs_dropout_prob=0.1,
    )


def ours(entry, suite, batches: list[list[Feature]]) -> Callable[[], None]:
    """A round of the stages' own training."""
    from waystation.encoder.encoder import Encoder

    task = Description("task", "classification", ("accuracy",), LABELS, None, None)
    with torch.device(suite.device):
        model = device.place(TaskModel(Encoder(config(entry)), {"task": task}), suite)
    budget = Budget(steps=len(batches), clip_norm=1.0, **BUDGET)

    def play() -> None:
        torch.use_deterministic_algorithms(suite.device == "cuda")
        with tempfile.TemporaryDirectory() as folder:

            def next_batch(step):
                return "task", batches[step]

            loop.train(model, model.loss, next_batch, budget, "ours", Path(folder), 0)

    return play


def theirs(entry, suite, batches: list[list[Feature]]) -> Callable[[], None]:
    """A round of a plain loop around Transformers' model."""
    from transformers import XLMRobertaConfig, XLMRobertaForSequenceClassification
    from transformers.utils import logging

    logging.set_verbosity_error()
    shape = XLMRobertaConfig(
        vocab_size=entry.vocabulary,
        hidden_size=entry.hidden,
        num_hidden_layers=entry.layers,
        num_attention_heads=entry.heads,
        intermediate_size=entry.intermediate,
        max_position_embeddings=entry.positions,
        type_vocab_size=1,
        num_labels=len(LABELS),
        attn_implementation="sdpa",
    )
    with torch.device(suite.device):
        model = XLMRobertaForSequenceClassification(shape).train()
    optimizer = torch.optim.AdamW(
        model.parameters(), BUDGET["learning_rate"], (0.9, 0.999), weight_decay=0.01, fused=True
    )
    half = suite.precision == "bfloat16"

    def play() -> None:
        torch.use_deterministic_algorithms(False)
        for features in batches:
            ids, mask, labels = (part.to(suite.device) for part in padded(features))
            with torch.autocast(suite.device, torch.bfloat16, enabled=half):
                loss = model(ids, attention_mask=mask, labels=labels).loss
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()

    return play


def padded(features: list[Feature]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    ids = torch.nn.utils.rnn.pad_sequence(
        [torch.tensor(feature.ids) for feature in features], batch_first=True, padding_value=1
    )
    return ids, (ids != 1).long(), torch.tensor([feature.target for feature in features])


def table(told: dict) -> str:
    where = told.get("card", "the processor")
    lines = [
        f"{told['model']}, {told['lengths']}, {told['steps']} steps a round, on {where}; "
        f"{told['padded_tokens'] / told['tokens']:.2f} tokens a real one where padded"
    ]
    for name, seconds in told["seconds"].items():
        speeds = paired.summary([told["tokens"] / value for value in seconds])
        line = f"{name:13} {speeds['median']:10,.0f} tokens/s"
        line += f" ({speeds['min']:,.0f} to {speeds['max']:,.0f}, n = {speeds['n']})"
        if told["peak_flops"]:
            share = told["flops"] / told["tokens"] * speeds["median"] / told["peak_flops"]
            line += f", {share:.1%} of the peak"
        if name in told["peak_gib"]:
            line += f", {told['peak_gib'][name]:.1f} GiB"
        lines.append(line)
    both = paired.ratios(told["seconds"]["transformers"], told["seconds"]["ours"])
    ratio = paired.summary(both)
    lines.append(
        f"ours over transformers: {ratio['median']:.2f} ({ratio['min']:.2f} to {ratio['max']:.2f})"
    )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
