"""Which fine-tuned model gets smaller vocabularies, and for which languages."""

from dataclasses import dataclass
from typing import Annotated

from waystation.params.typed import Name, Seed, Some


@dataclass(frozen=True)
class Trim:
    """The model of one cell's target and seed; `languages` {name of a vocabulary: those that it is
    made for}."""

    group: Name
    model: Name
    recipe: str
    target: Name
    seed: Seed
    languages: dict[Name, Annotated[tuple[str, ...], Some]]
