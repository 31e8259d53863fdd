"""The file that describes what encoders are aligned on; apart, as no trained cell reads it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AlignmentPlan:
    """The tasks on which encoders are scored without training; files {path: SHA-256}."""

    tasks: tuple[str, ...]
    files: dict[str, str]
