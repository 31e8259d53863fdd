"""The machine that a measurement was made on: two measurements compare on the same one only."""

import os
import platform
import time
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

import psutil

from waystation.encoder import device
from waystation.encoder.device import Machine

# Instructions that change how fast products are.
FEATURES = ("avx2", "avx512f", "avx512_bf16", "avx512_vnni", "amx_tile", "asimd", "sve", "i8mm")
ENERGY = Path("/sys/class/powercap")


def described(machine: Machine, engines: Sequence[str] = ()) -> dict:
    """What stays the same while a measurement runs; `engines` are packages that take part."""
    versioned = dict.fromkeys(["torch", "tokenizers", "transformers", *engines])
    return {
        "processor": processor(),
        "features": [name for name in FEATURES if name in flags()],
        "cores": os.cpu_count(),
        "threads": machine.threads,
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "device": machine.device,
        "precision": machine.precision,
        **device.card(machine),
        "versions": {name: metadata.version(name) for name in versioned},
    }


def processor() -> str:
    """The processor's name as its maker gives it, else its kind."""
    named = field("model name")
    return named or platform.processor() or platform.machine()


def flags() -> set[str]:
    return set((field("flags") or field("Features") or "").split())


def field(name: str) -> str | None:
    """The first entry of /proc/cpuinfo of this name, where there is one."""
    file = Path("/proc/cpuinfo")
    if not file.is_file():
        return None
    lines = (line.partition(":") for line in file.read_text().splitlines())
    return next((value.strip() for key, _, value in lines if key.strip() == name), None)


def load_of_others(seconds: float = 1.0) -> float:
    """Percent of all cores that other processes take, watched for some seconds of idleness."""
    own = psutil.Process()
    before = sum(own.cpu_times()[:2])
    busy = psutil.cpu_percent(interval=seconds)
    ours = 100 * (sum(own.cpu_times()[:2]) - before) / seconds / (os.cpu_count() or 1)
    return round(max(0.0, busy - ours), 1)


class Energy:
    """Joules of the processor's packages, where the kernel counts and shows them (RAPL)."""

    def __init__(self) -> None:
        self.files = sorted(ENERGY.glob("*-rapl:?/energy_uj")) if ENERGY.is_dir() else []
        self.files = [file for file in self.files if os.access(file, os.R_OK)]
        self.started, self.before = time.perf_counter(), self.read()

    def read(self) -> int:
        return sum(int(file.read_text()) for file in self.files)

    def watts(self) -> float | None:
        """Mean power since the start; None without a counter, or if a counter has run over."""
        spent, passed = self.read() - self.before, time.perf_counter() - self.started
        return spent / 1e6 / passed if self.files and spent > 0 else None
