"""The file that describes what a frozen encoder reads to rank intermediate tasks; apart, as no
trained cell reads it."""

from dataclasses import dataclass

from waystation.grid.plans import InputLengths


@dataclass(frozen=True)
class PromisePlan:
    """Tasks with the lengths at which they are read: intermediate ones, and those whose English
    rows targets are trained on, each once; files {path: SHA-256}."""

    sources: dict[str, InputLengths]
    targets: dict[str, InputLengths]
    files: dict[str, str]
