"""One module a type of task: what a model does with its examples. `load(name)` is the way in.

TASK_CLASS       end of the name of the Transformers class that loads such a checkpoint
make_features    (examples, tokenizer, lengths) -> features
Head             (config, labels) -> module: hidden states, batch -> logits
loss             (logits, batch, features) -> mean loss of a batch
outputs          (logits, batch, features) -> one output per feature
predict          (outputs, features, examples, inference) -> one prediction per example
gold             (example) -> what the prediction is scored against

A type whose metrics read the names of its labels, not only which is which, has

named            (prediction or gold, names of the labels) -> the same with names

Three types ask for more or less. One whose training changes what the encoder sees has

corrupt          (batch, features, encoder, seed, step) -> None; in training, before the encoder

and lacks what predictions need: it is trained, never scored. One whose examples choose from a pool
of candidates that they share (`waystation.evaluation.rows.Pool`) has

make_queries     as make_features, without what only the training needs
make_candidates  (texts, tokenizer, lengths) -> features of the candidates
rank             (predictions, vectors of the pool, keys) -> the best keys, one list per example

and a Head that may be given some tokens' hidden states alone, with a batch of just these tokens: of
the batch it reads how many each sequence has (waystation.evaluation.unshared).

One that is scored on an encoder alone, whatever target it was trained for, has `make_features` and

retrieve         (encoder, features, inference) -> one prediction per example: the place of the
                 example that it finds, which should be its own
"""

import importlib
import pkgutil
from types import ModuleType

from waystation.base.errors import choose


def load(name: str) -> ModuleType:
    """The module of a type; UserError names the allowed ones."""
    names = sorted(entry.name for entry in pkgutil.iter_modules(__path__))
    return importlib.import_module(f"waystation.task_types.{choose(name, names, 'task type')}")
