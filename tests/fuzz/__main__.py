"""Try every reader on many inputs: `python -m tests.fuzz --inputs 100000 --seed 0`.

An input is a good set of files of which one has been changed (tests.fuzz.mutator). A table says how
many were taken and refused; each kind of fault is shown once, with its input in .scratch/fuzz.
"""

import argparse
import contextlib
import io
import random
import shutil
import signal
import sys
import tempfile
import traceback
from collections import Counter
from pathlib import Path

from tests.fuzz.mutator import mutate
from tests.fuzz.readers import Reader, readers
from waystation.base.errors import UserError

SECONDS = 20  # for one input
FAULTS = Path(".scratch/fuzz/faults")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="readers whose name holds this")
    options = parser.parse_args()
    chosen = [reader for reader in readers() if options.only in reader.name]
    weights = sum(reader.weight for reader in chosen)
    faults = 0
    print(f"{'reader':28} {'inputs':>8} {'taken':>8} {'refused':>8} {'faults':>8}")
    for reader in chosen:
        number = round(options.inputs * reader.weight / weights)
        counts, texts = tried(reader, number, options.seed)
        numbers = (number, counts["taken"], counts["refused"], counts["fault"])
        print(f"{reader.name:28}" + "".join(f" {n:8,}" for n in numbers), flush=True)
        for text, count in texts.items():
            print(f"    {count} times: {text}", flush=True)
        faults += counts["fault"]
    raise SystemExit(1 if faults else 0)


def tried(reader: Reader, number: int, seed: int) -> tuple[Counter, Counter]:
    """(how many inputs were taken, refused, faults; {fault: times}) of one reader."""
    draw = random.Random(f"{seed}/{reader.name}")
    counts: Counter[str] = Counter()
    texts: Counter[str] = Counter()
    names = [name for name in reader.files if name not in reader.fixed]
    with tempfile.TemporaryDirectory() as room:
        folder = Path(room) / "files"
        for name, content in reader.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        outcome, text = one(reader, folder)
        assert outcome == "taken", f"{reader.name}: the good files are not taken: {text}"
        shutil.rmtree(Path(room) / "out", ignore_errors=True)
        for _ in range(number):
            name = draw.choice(names)
            changed = mutate(reader.files[name], draw)
            (folder / name).write_bytes(changed)
            outcome, text = one(reader, folder)
            shutil.rmtree(Path(room) / "out", ignore_errors=True)
            (folder / name).write_bytes(reader.files[name])
            counts[outcome] += 1
            if outcome == "fault":
                if text not in texts:
                    keep(reader, name, changed, len(texts))
                texts[text] += 1
    return counts, texts


def keep(reader: Reader, name: str, content: bytes, number: int) -> None:
    FAULTS.mkdir(parents=True, exist_ok=True)
    title = "".join(letter if letter.isalnum() else "_" for letter in reader.name)
    (FAULTS / f"{title}-{number}-{Path(name).name}").write_bytes(content)


def one(reader: Reader, folder: Path) -> tuple[str, str]:
    """(outcome, what the fault is) of one input."""
    signal.signal(signal.SIGALRM, too_long)
    signal.alarm(SECONDS)
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
            reader.read(folder)
        return "taken", ""
    except UserError as problem:
        lines = str(problem).splitlines()
        if len(lines) == 1:
            return "refused", lines[0]
        return "fault", f"an error of {len(lines)} lines: {lines[:2]}"
    except BaseException as problem:
        if isinstance(problem, KeyboardInterrupt):
            raise
        own = [
            f for f in traceback.extract_tb(problem.__traceback__) if "site-packages" not in f[0]
        ]
        where = f"{Path(own[-1].filename).name}:{own[-1].lineno}" if own else "?"
        return "fault", f"{type(problem).__name__} at {where}: {str(problem)[:100]!r}"
    finally:
        signal.alarm(0)


def too_long(signum, frame) -> None:
    raise TimeoutError(f"more than {SECONDS} seconds")


if __name__ == "__main__":
    sys.exit(main())
