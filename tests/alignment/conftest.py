"""What the tests of alignment share."""

import pytest
import torch

from waystation.encoder.checkpoint import write_encoder
from waystation.encoder.encoder import MaskedLanguageHead


@pytest.fixture(autouse=True)
def _one_thread():
    """Small products wait for one another on more."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def folder(tmp_path, encoder, word_tokenizer, config):
    """A tiny random encoder with its tokenizer on disk."""
    write_encoder(tmp_path / "encoder", encoder, MaskedLanguageHead(config))
    word_tokenizer.save(str(tmp_path / "encoder" / "tokenizer.json"))
    return tmp_path / "encoder"
