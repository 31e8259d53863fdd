"""Compare the speed of fine-tuning with Transformers' own model in a plain loop, on any device.

Contestants: `ours` (waystation/training/loop.py: unpadded batches), `transformers` (the model class
of the architecture with a classification head, batches padded to their longest sequence, sdpa,
torch's fused AdamW, clipping, no wait for the loss, algorithms that may give other bytes each time)
and, with --grouped, `grouped` (the same under torch.compile, in batches of similar length, cut from
50 sorted batches as the Trainer's group_by_length does). All under the suite's device and
precision, from random weights of the shape of a model of --params, with the same random tokens;
only lengths matter to the clock. They are drawn log-normally: pairs of sentences (mean 40 tokens,
at most 256, 32 in a batch) or questions with their contexts (mean 190, at most 384, 16).

The contestants take turns, each in rounds of --steps steps after one that is not timed; that one
has the compiler's time. Tokens are real ones, padding is not counted. Utilisation is operations on
real tokens (waystation/grid/flops.py) over the peak of the card that --gpu names, or, on the
processor, over the fastest matrix product of the same rounds.

    python -m benchmarks.finetune_speed --model xlm-roberta-large --lengths pairs --gpu h100
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
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
SORTED = 50  # batches that are sorted together, the Trainer's number
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
    add("--dropout", type=float, default=0.1, help="(default: %(default)s)")
    add("--threads", type=int, help="(default: the suite's)")
    add("--grouped", action="store_true", help="a compiled model in batches of similar length too")
    add("--gpu", choices=sorted(GPUS), help="whose peak utilisation is told against")
    add("--json", type=Path, help="write the numbers here too")
    return parser.parse_args(arguments)


def compare(options: argparse.Namespace) -> dict:
    """The contestants in turns: seconds of wall and processor by contestant, tokens, operations."""
    suite = load_settings(options.params)
    suite = replace(suite, threads=options.threads or suite.threads)
    device.use(suite)
    name = options.model or next(iter(suite.models))
    entry = suite.models[choose(name, suite.models, "model")]
    batches = [batch(options.lengths, step, entry.vocabulary) for step in range(options.steps)]
    rounds = {
        "ours": ours(entry, suite, batches, options.dropout),
        "transformers": theirs(entry, suite, batches, options.dropout),
    }
    tokens = {contestant: count(batches) for contestant in rounds}
    if options.grouped:
        alike = similar(options.lengths, options.steps, entry.vocabulary)
        rounds["grouped"] = theirs(entry, suite, alike, options.dropout, compiled=True)
        tokens["grouped"] = count(alike)
    lengths = [len(feature.ids) for chosen in batches for feature in chosen]
    operations = sum(flops.TRAINING * flops.forward(entry, n, n) for n in lengths)
    padded_tokens = sum(max(len(f.ids) for f in chosen) * len(chosen) for chosen in batches)
    return {
        "model": name,
        "lengths": options.lengths,
        "steps": options.steps,
        "dropout": options.dropout,
        "tokens": tokens,
        "padded_tokens": padded_tokens,
        "flops": operations,
        "peak_flops": GPUS[options.gpu] * 1e12 if options.gpu else None,
        "versions": {"torch": torch.__version__},
        **device.card(suite),
        **arithmetic(suite),
        **measure(rounds, options.repeats, suite, entry),
    }


def measure(rounds: dict[str, Callable[[], None]], repeats: int, suite, entry) -> dict:
    """{"first_seconds", "seconds", "processor_seconds", "peak_gib", "product_flops"}."""
    card = suite.device == "cuda"
    seconds: dict[str, list[float]] = {contestant: [] for contestant in rounds}
    processor: dict[str, list[float]] = {contestant: [] for contestant in rounds}
    first, peak, products = {}, {}, []
    for number in range(repeats + 1):
        for contestant, play in rounds.items():
            if card:
                torch.cuda.reset_peak_memory_stats()
            began, busy = time.perf_counter(), time.process_time()
            play()
            device.wait(suite)
            took = time.perf_counter() - began
            if number:
                seconds[contestant].append(took)
                processor[contestant].append(time.process_time() - busy)
            else:
                first[contestant] = took
            if card:
                peak[contestant] = torch.cuda.max_memory_allocated() / 2**30
        if not card:
            products.append(product_speed(entry))
    return {
        "first_seconds": first,
        "seconds": seconds,
        "processor_seconds": processor,
        "peak_gib": peak,
        "product_flops": products,  # a processor second
    }


def product_speed(entry) -> float:
    """Operations a processor second of the feed-forward product over 2,048 rows: the best of 9."""
    rows, weight = torch.randn(2048, entry.hidden), torch.randn(entry.hidden, entry.intermediate)
    best = 0.0
    for _ in range(9):
        began = time.process_time()
        torch.mm(rows, weight)
        best = max(best, 2 * len(rows) * weight.numel() / (time.process_time() - began))
    return best


def count(batches: list[list[Feature]]) -> int:
    """Real tokens."""
    return sum(len(feature.ids) for chosen in batches for feature in chosen)


def similar(lengths: str, steps: int, vocabulary: int) -> list[list[Feature]]:
    """`steps` batches at even distances of SORTED batches' rows, sorted by length."""
    size = LENGTHS[lengths][2]
    rows = [f for step in range(SORTED) for f in batch(lengths, step, vocabulary)]
    rows.sort(key=lambda feature: len(feature.ids), reverse=True)
    chosen = [(2 * step + 1) * SORTED // (2 * steps) for step in range(steps)]
    return [rows[number * size : (number + 1) * size] for number in chosen]


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


def config(entry, dropout: float) -> EncoderConfig:
    return EncoderConfig(
        entry.vocabulary,
        entry.hidden,
        entry.layers,
        entry.heads,
        entry.intermediate,
        entry.positions,
        hidden_dropout_prob=dropout,
        attention_probs_dropout_prob=dropout,
        model_type=family(entry),
    )


def family(entry) -> str:
    """XLM-R where a suite pretrains the model."""
    return getattr(entry, "architecture", "xlm-roberta")


def ours(entry, suite, batches: list[list[Feature]], dropout: float) -> Callable[[], None]:
    """A round of the stages' own training."""
    from waystation.encoder.encoder import Encoder

    task = Description("task", "classification", ("accuracy",), LABELS, None, None)
    with torch.device(suite.device):
        model = device.place(TaskModel(Encoder(config(entry, dropout)), {"task": task}), suite)
    budget = Budget(steps=len(batches), clip_norm=1.0, **BUDGET)

    def play() -> None:
        torch.use_deterministic_algorithms(suite.device == "cuda")
        with tempfile.TemporaryDirectory() as folder:

            def next_batch(step):
                return "task", batches[step]

            loop.train(model, model.loss, next_batch, budget, "ours", Path(folder), 0)

    return play


def theirs(
    entry, suite, batches: list[list[Feature]], dropout: float, compiled: bool = False
) -> Callable[[], None]:
    """A round of a plain loop around Transformers' model."""
    from transformers import AutoConfig, AutoModelForSequenceClassification
    from transformers.utils import logging

    logging.set_verbosity_error()
    shape = AutoConfig.for_model(
        family(entry),
        vocab_size=entry.vocabulary,
        hidden_size=entry.hidden,
        num_hidden_layers=entry.layers,
        num_attention_heads=entry.heads,
        intermediate_size=entry.intermediate,
        max_position_embeddings=entry.positions,
        hidden_dropout_prob=dropout,
        attention_probs_dropout_prob=dropout,
        num_labels=len(LABELS),
    )
    with torch.device(suite.device):
        model = AutoModelForSequenceClassification.from_config(shape, attn_implementation="sdpa")
    model.train()
    optimizer = torch.optim.AdamW(
        model.parameters(), BUDGET["learning_rate"], (0.9, 0.999), weight_decay=0.01, fused=True
    )
    run = torch.compile(model, dynamic=True) if compiled else model
    half = suite.precision == "bfloat16"

    def play() -> None:
        torch.use_deterministic_algorithms(False)
        for features in batches:
            ids, mask, labels = (part.to(suite.device) for part in padded(features))
            with torch.autocast(suite.device, torch.bfloat16, enabled=half):
                loss = run(ids, attention_mask=mask, labels=labels).loss
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
    where = told.get("card", f"{told['threads']} threads of the processor")
    padding = told["padded_tokens"] / told["tokens"]["ours"]
    lines = [
        f"{told['model']}, {told['lengths']}, dropout {told['dropout']:g}, {told['steps']} steps a "
        f"round, on {where}; {padding:.2f} tokens a real one where padded"
    ]
    clocks = ("seconds",) if "card" in told else ("seconds", "processor_seconds")
    ceiling = max(told["product_flops"], default=told["peak_flops"])
    for clock in clocks:
        lines.append(f"by {clock.replace('_', ' ')}:")
        speeds = {
            name: [told["tokens"][name] / value for value in values]
            for name, values in told[clock].items()
        }
        for name, values in speeds.items():
            lines.append(f"{name:13} {spread(values, ',.0f'):>30} tokens/s")
            if name != "ours":
                lines[-1] += (
                    f"; ours is faster by {spread(paired.ratios(speeds['ours'], values), '.2f')}"
                )
            if ceiling and clock == clocks[-1]:
                speed = paired.summary(values)["median"]
                share = told["flops"] / told["tokens"]["ours"] * speed / ceiling
                lines[-1] += f"; {share:.1%} of the peak"
            if name in told["peak_gib"]:
                lines[-1] += f"; {told['peak_gib'][name]:.1f} GiB"
    if told["product_flops"]:
        lines.append(f"products: {spread([f / 1e9 for f in told['product_flops']], '.0f')} GFLOP/s")
    firsts = ", ".join(f"{name} {value:.0f}" for name, value in told["first_seconds"].items())
    return "\n".join([*lines, f"first rounds, s: {firsts}"])


def spread(values: list[float], form: str) -> str:
    """`median (min to max, n)`."""
    seen = paired.summary(values)
    low, high = (format(seen[end], form) for end in ("min", "max"))
    return f"{seen['median']:{form}} ({low} to {high}, n = {seen['n']})"


if __name__ == "__main__":
    main()
