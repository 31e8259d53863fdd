"""One module a kind of task: what a model does with its examples. `load(name)` is the way in.

A module defines `KIND`, a record of the class below, from its functions. What the examples are says
the module of the same name in `waystation.task_types`.
"""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

from tokenizers import Tokenizer
from torch import Tensor, nn

from waystation.base.errors import choose
from waystation.encoder.config import EncoderConfig
from waystation.encoder.encoder import Encoder
from waystation.encoder.features import Feature, Lengths, Packed
from waystation.params.schema import Evaluate


def missing(*_: object) -> NoReturn:
    raise TypeError("this kind of task has no such function")


def leave(packed: Packed, features: list[Feature], encoder: Encoder, seed: int, step: int) -> None:
    """The encoder sees the batch as it is."""


def as_is(value: Any, labels: tuple[str, ...]) -> Any:
    return value


@dataclass(frozen=True)
class Ranking:
    """What a kind needs whose examples choose from a pool of candidates that they share.

    `rank` gives the best candidates' keys, one list an example, from the examples' predictions and
    the candidates' vectors and keys. The network of such a kind may be given some tokens' hidden
    states alone, with a batch of just these tokens. Of the batch the network reads how many tokens
    each sequence has (waystation.evaluation.unshared).
    """

    make_queries: Callable[[list[dict], Tokenizer, Lengths], list[Feature]]  # for inference
    make_candidates: Callable[[list[str], Tokenizer, Lengths], list[Feature]]
    rank: Callable[[list[Tensor], Tensor, list[str]], list[list[str]]]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """From examples to features, and from hidden states to a loss or to predictions.

    A kind with `retrieve` has no network: it is scored on an encoder alone, whatever target that
    was trained for.
    """

    make_features: Callable[[list[dict], Tokenizer, Lengths], list[Feature]]
    # (config, number of labels) -> module: hidden states, batch -> logits
    network: Callable[[EncoderConfig, int], nn.Module] = missing
    task_class: str = "Model"  # end of the Transformers class that loads such a checkpoint
    # (logits, batch, features) -> mean loss of a batch
    loss: Callable[[Tensor, Packed, list[Feature]], Tensor] = missing
    # (logits, batch, features) -> one output a feature
    outputs: Callable[[Tensor, Packed, list[Feature]], list] = missing
    # (outputs, features, examples, inference) -> one prediction an example
    predict: Callable[[list, list[Feature], list[dict], Evaluate], list] = missing
    # (batch, features, encoder, seed, step): in training, before the encoder reads the batch
    corrupt: Callable[[Packed, list[Feature], Encoder, int, int], None] = leave
    # (examples) -> what each prediction is scored against; with `ranking` the pool says it
    gold: Callable[[list[dict]], list] = missing
    # (prediction or gold, names of the labels) -> the same as metrics and submissions read it
    named: Callable[[Any, tuple[str, ...]], Any] = as_is
    ranking: Ranking | None = None
    # (encoder, features, inference) -> one prediction an example
    retrieve: Callable[[Encoder, list[Feature], Evaluate], list[int]] | None = None


def load(name: str) -> Kind:
    """The record of a kind; UserError names the allowed ones."""
    names = sorted(entry.name for entry in pkgutil.iter_modules(__path__))
    return importlib.import_module(f"waystation.heads.{choose(name, names, 'task type')}").KIND


def labels(examples: list[dict]) -> list[int]:
    """The gold of kinds whose examples have a label."""
    return [example["label"] for example in examples]


def as_they_are(
    outputs: list, features: list[Feature], examples: list[dict], inference: Evaluate
) -> list:
    """The outputs are the predictions, where an example has one feature."""
    return outputs
