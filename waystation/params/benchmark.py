"""What a suite says of the measurement of speed."""

from dataclasses import dataclass
from typing import Annotated

from waystation.params.typed import Count, Positive, Small, Some, Whole, one_of

# What runs a fine-tuned model's encoder: ours without padding, then others on padded batches.
UNPADDED, UNPADDED_BF16 = "unpadded", "unpadded-bf16"
BACKENDS = (
    UNPADDED,
    UNPADDED_BF16,
    "transformers",
    "compile",
    "onnxruntime",
    "onnxruntime-int8",
    "openvino",
    "openvino-int8",
)


@dataclass(frozen=True)
class Server:
    """Queries that arrive at random: the highest rate at which the latency's 99th percentile is at
    most `bound_ms`, to within a share of 1 / 2^`steps` of what one query after another allows, or
    wider where the group's minutes end before.
    """

    bound_ms: Positive
    steps: Count


@dataclass(frozen=True)
class Benchmark:
    """`recipes` are compared with the first of them, on `tests`: {target: tasks}. A run of a model
    asks the first `rows` test rows of a language: alone in `queries` queries, and all at once.
    The first of `backends` runs all recipes, the others run the first recipe; each of them is
    scored on the first `scored` test rows of a language. Speeds within `margin` (a share) are
    equal. A group's comparisons end after `minutes` at the latest. `server`: measured too, in
    English, of the first recipe and backend.
    """

    tests: dict[str, tuple[str, ...]]
    recipes: Annotated[tuple[str, ...], Some]
    rows: Count
    queries: Count
    warmup: Whole
    margin: Small
    minutes: Positive
    backends: Annotated[tuple[Annotated[str, one_of(*BACKENDS)], ...], Some] = (UNPADDED,)
    scored: Count = 100
    server: Server | None = None
