"""Compare the speed of masked-language-model pretraining with a plain Transformers Trainer.

Contestants: `ours` (waystation/training/pretraining.py: packed batches, logits of masked tokens
only, own fused AdamW), `trainer` (transformers.Trainer, DataCollatorForLanguageModeling, dynamic
padding, batches drawn at random, default optimiser adamw_torch_fused) and `trainer_grouped` (the
same with batches of similar length, as ours are: what remains of the difference is not padding).

The same model shape and start, dropout, documents, tokenizer, batch size, mask rate, steps,
learning-rate schedule (the Trainer's lags by one step) and threads. Every measurement is a process
of its own, the contestants take turns, and set-up and warm-up are not timed. Tokens are real ones,
padding is not counted. The held-out losses say whether all have learned the same.

Without --text and --tokenizer both are made from the pocket world of the parameters. The Trainer
needs a package that the project does not:

    pip install -r requirements.txt -r benchmarks/requirements.txt
    python -m benchmarks.pretrain_speed --model nano --steps 300 --repeats 5
"""

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from importlib import metadata
from pathlib import Path

from benchmarks import paired
from waystation.base.errors import UserError, choose
from waystation.files import write_json
from waystation.params.load import load_settings
from waystation.params.schema import Settings

CONTESTANTS = ("ours", "trainer", "trainer_grouped")


def main() -> None:
    options = parse(sys.argv[1:])
    try:
        with tempfile.TemporaryDirectory() as folder:
            told = compare(options, Path(folder))
    except UserError as problem:
        raise SystemExit(f"pretrain_speed: error: {problem}") from None
    print(table(told))
    if options.json:
        write_json(options.json, told)


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.pretrain_speed",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--params", type=Path, default=Path("params.yaml"), help="a suite's (default: %(default)s)")
    add("--text", type=Path, help="folder of raw text, <text>/train/<language>.jsonl")
    add("--tokenizer", type=Path, help="folder with tokenizer.json, needed with --text")
    add("--model", default="nano", help="an entry of the parameters' models (default: %(default)s)")
    add("--steps", type=_positive, default=300, help="timed steps a run (default: %(default)s)")
    add("--warmup-steps", type=_positive, default=50, help="not timed (default: %(default)s)")
    add("--repeats", type=_positive, default=5, help="runs of each (default: %(default)s)")
    add("--threads", type=_positive, help="processor threads (default: the parameters')")
    add("--json", type=Path, help="write all measurements to this file")
    options = parser.parse_args(arguments)
    if (options.text is None) != (options.tokenizer is None):
        parser.error("--text and --tokenizer go together")
    return options


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"got {value}, allowed: 1 or more")
    return value


def compare(options: argparse.Namespace, folder: Path) -> dict:
    """Run all contestants in turn; the measurements and what they were made from."""
    if importlib.util.find_spec("accelerate") is None:
        raise UserError("no accelerate: pip install -r benchmarks/requirements.txt")
    settings = load_settings(options.params)
    choose(options.model, settings.models, "--model")
    text, tokenizer = options.text, options.tokenizer
    if text is None:
        text, tokenizer = folder / "text", folder / "tokenizer"
        make_corpus(settings, text, tokenizer)
    job = {
        "params": str(options.params),
        "text": str(text),
        "tokenizer": str(tokenizer),
        "model": options.model,
        "steps": options.steps,
        "warmup_steps": options.warmup_steps,
        "threads": options.threads or settings.threads,
    }
    runs: dict[str, list[dict]] = {name: [] for name in CONTESTANTS}
    for repeat in range(options.repeats):
        for name in CONTESTANTS:
            runs[name].append(measure(job | {"contestant": name, "repeat": repeat}))
            speed = runs[name][-1]["tokens_per_sec"]
            print(f"{repeat + 1}/{options.repeats} {name} {speed:,.0f} tokens/s", flush=True)
    packages = ("torch", "transformers", "accelerate", "tokenizers")
    versions = {package: metadata.version(package) for package in packages}
    return job | {"cores": os.cpu_count(), "versions": versions, "runs": runs}


def make_corpus(settings: Settings, text: Path, folder: Path) -> None:
    """The pocket world's raw text in all languages, and a tokenizer trained on it."""
    from stages.tokenizer import documents
    from waystation.data import examples
    from waystation.encoder.tokenizer_training import train, write_tokenizer
    from waystation.world import corpus, grammar
    from waystation.world.meanings import World

    knobs = settings.world
    if knobs is None:
        raise UserError(f"{settings.file} has no world to make text from; give --text")
    world, spoken = World(knobs.seed, knobs.topics), grammar.build(knobs.languages, knobs.seed)
    for code in spoken:
        told = corpus.documents(
            world, code, spoken, knobs.documents, knobs.dialogues, knobs.code_mix, knobs.seed
        )
        rows = ({"id": str(index), "text": document} for index, document in enumerate(told))
        examples.write(examples.path(text, "train", code), rows)
    (kind,) = settings.tokenizer.kinds
    texts = partial(documents, text, settings.tokenizer.documents)
    write_tokenizer(train(kind, settings.at("tokenizer.vocab_size"), texts), folder)


def measure(job: dict) -> dict:
    """One measurement in a process of its own."""
    # No checkpoint is written under way, as the Trainer writes none.
    quiet = {"CHECKPOINT_SECONDS": "inf", "OMP_NUM_THREADS": str(job["threads"])}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.pretrain_once", json.dumps(job)],
        env=os.environ | quiet | {"TOKENIZERS_PARALLELISM": "false"},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise UserError(f"{job['contestant']} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def table(told: dict) -> str:
    """The measurements as text: medians with their spread, and ratios of neighbours in time."""
    runs = told["runs"]
    lines = [
        f"{told['model']}, {told['steps']} steps, {told['threads']} threads of {told['cores']} "
        f"cores, n = {len(runs['ours'])} runs each, interleaved; median (min to max)",
        f"{'':16}{'real tokens/s':>28}{'held-out loss, nats':>26}{'ours is faster by':>26}"
        f"{'by processor time':>26}",
    ]
    for name, found in runs.items():
        speeds = [run["tokens_per_sec"] for run in found]
        losses = [run["held_out_loss_nats"] for run in found]
        line = f"{name:16}{spread(speeds, ',.0f'):>28}{spread(losses, '.3f'):>26}"
        if name != "ours":
            for key in ("tokens_per_sec", "tokens_per_cpu_sec"):
                pairs = [[run[key] for run in runs[one]] for one in ("ours", name)]
                line += f"{spread(paired.ratios(*pairs), '.2f'):>26}"
        lines.append(line)
    return "\n".join(lines)


def spread(values: list[float], form: str) -> str:
    """`median (min to max)`."""
    found = paired.summary(values)
    return f"{found['median']:{form}} ({found['min']:{form}} to {found['max']:{form}})"


if __name__ == "__main__":
    main()
