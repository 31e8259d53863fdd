"""What an entry of a fetched model must say, known before anything is fetched."""

import re

from waystation.base.errors import UserError, choose
from waystation.encoder.config import ARCHITECTURES
from waystation.params.schema import FetchedModel

CONFIG = "config.json"
WEIGHTS = ("model.safetensors", "pytorch_model.bin")
TOKENIZERS = ("tokenizer.json", "sentencepiece.bpe.model")
UNPINNED = "unpinned"
SHA256 = re.compile("[0-9a-f]{64}")


def check_entry(entry: FetchedModel) -> None:
    """One config, one file of weights, one tokenizer, each with a checksum or `unpinned`."""
    choose(entry.architecture, ARCHITECTURES, "architecture")
    for allowed in ((CONFIG,), WEIGHTS, TOKENIZERS):
        listed = [file for file in entry.files if file in allowed]
        if len(listed) != 1:
            raise UserError(f"files needs one of {', '.join(allowed)}, has {listed}")
    for file, value in entry.files.items():
        choose(file, (CONFIG, *WEIGHTS, *TOKENIZERS), "file")
        if value != UNPINNED and not SHA256.fullmatch(value):
            raise UserError(f"files: {file} is {value!r}; allowed: 64 hex digits or {UNPINNED!r}")
