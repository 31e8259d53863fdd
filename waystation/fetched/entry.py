"""What an entry of a fetched model must say, known before anything is fetched."""

import re

from waystation.base.errors import UserError, choose
from waystation.encoder.config import ARCHITECTURES
from waystation.params.models import FetchedModel

CONFIG = "config.json"
WEIGHTS = ("model.safetensors", "pytorch_model.bin")
TOKENIZERS = ("tokenizer.json", "sentencepiece.bpe.model")
FOUR_BITS = "four_bits"  # the weights of a package
UNPINNED = "unpinned"
SHA256 = re.compile("[0-9a-f]{64}")


def check_entry(entry: FetchedModel) -> None:
    """One config, one file of weights, one tokenizer, each with a checksum or `unpinned`."""
    choose(entry.architecture, ARCHITECTURES, "architecture")
    for allowed in ((CONFIG,), WEIGHTS, TOKENIZERS):
        listed = [file for file in entry.files if file in allowed]
        if len(listed) != 1:
            raise UserError(f"files needs one of {', '.join(allowed)}, has {listed}")
    for file in entry.packages:
        choose(file, (FOUR_BITS, TOKENIZERS[0]), "file of packages")
    if len(entry.packages) == 1:
        raise UserError(f"packages needs {FOUR_BITS} and {TOKENIZERS[0]}")
    if entry.layers > (entry.checkpoint_layers or entry.layers):
        layers = f"{entry.layers}; allowed: 1 to checkpoint_layers {entry.checkpoint_layers}"
        raise UserError(f"layers {layers}")
    for file, value in entry.files.items():
        choose(file, (CONFIG, *WEIGHTS, *TOKENIZERS), "file")
        if value != UNPINNED and not SHA256.fullmatch(value):
            raise UserError(f"files: {file} is {value!r}; allowed: 64 hex digits or {UNPINNED!r}")
