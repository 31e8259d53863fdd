"""Where a suite's models come from, and the recipes that only some of them have."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Origins:
    """Where the models come from."""

    scratch: tuple[str, ...]
    hub: tuple[str, ...]


@dataclass(frozen=True)
class Extra:
    """Recipes that only some models have, with all targets but those of `without`."""

    models: tuple[str, ...] = ()
    recipes: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
