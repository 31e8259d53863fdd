"""Masked language modelling from scratch."""

import random
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from waystation.base.errors import UserError
from waystation.base.progress import progress
from waystation.data import examples
from waystation.encoder import device
from waystation.encoder.encoder import (
    EncoderConfig,
    MaskedLanguageHead,
    Packed,
    initialize,
    new_encoder,
)
from waystation.encoder.features import Feature
from waystation.encoder.tokenizer import read_special, read_tokenizer
from waystation.grid.budget import Budget
from waystation.heads.masked_language_modelling import Masking, restored
from waystation.params.models import ScratchModel
from waystation.params.schema import Pretrain
from waystation.training import loop
from waystation.training.batches import NextBatch
from waystation.training.workplace import Workplace


class MaskedModel(nn.Module):
    """Encoder and masked-language-modelling head."""

    def __init__(self, entry: ScratchModel, vocab_size: int, generator: torch.Generator):
        super().__init__()
        self.encoder = new_encoder(shape(entry, vocab_size), generator)
        self.head = MaskedLanguageHead(self.encoder.config)
        initialize(self.head, entry.initializer_range, generator)

    def loss(self, documents: list[Feature], masking: Masking, step: int) -> tuple[Tensor, int]:
        """(mean cross-entropy over the chosen tokens in nats, number of real tokens)."""
        packed = Packed([document.ids for document in documents])
        rows, gold = masking.apply(packed, step)  # chosen rows (M,) and their ids (M,)
        table = self.encoder.embeddings.word_embeddings.weight
        packed, rows, gold = packed.to(table.device), rows.to(table.device), gold.to(table.device)
        return restored(self.head(self.encoder(packed, rows), table), gold), packed.tokens


def shape(entry: ScratchModel, vocab_size: int) -> EncoderConfig:
    return EncoderConfig(
        vocab_size=vocab_size,
        hidden_size=entry.hidden,
        num_hidden_layers=entry.layers,
        num_attention_heads=entry.heads,
        intermediate_size=entry.intermediate,
        max_position_embeddings=entry.positions,
        hidden_dropout_prob=entry.dropout,
        attention_probs_dropout_prob=entry.dropout,
        initializer_range=entry.initializer_range,
    )


def pretrain(
    settings: Pretrain, entry: ScratchModel, text: Path, workplace: Workplace
) -> tuple[MaskedModel, loop.Trained]:
    """A model of the entry's shape, trained on the text of all languages."""
    tokenizer = read_tokenizer(workplace.tokenizer)
    generator = torch.Generator().manual_seed(entry.seed)
    model = MaskedModel(entry, tokenizer.get_vocab_size(), generator)
    device.place(model, workplace.machine)
    masking = Masking(settings.mask_rate, read_special(tokenizer), entry.seed)
    longest = min(settings.max_tokens, model.encoder.config.max_tokens)
    languages = documents(text, tokenizer, longest)
    draws = Draws(languages, settings.batch_size, settings.language_exponent, entry.seed)
    budget = Budget(
        settings.steps,
        settings.learning_rate,
        settings.warmup,
        settings.weight_decay,
        settings.beta2,
        settings.clip_norm,
    )
    what, scratch = f"pretrain {workplace.title}", workplace.scratch
    return model, train(model, masking, draws.batch, budget, what, scratch, entry.seed)


def train(
    model: MaskedModel,
    masking: Masking,
    next_batch: NextBatch,
    budget: Budget,
    what: str,
    scratch: Path,
    seed: int,
) -> loop.Trained:
    """Train `model` in place."""

    def loss_of(task: str, batch: list[Feature], step: int) -> tuple[Tensor, int]:
        return model.loss(batch, masking, step)

    return loop.train(model, loss_of, next_batch, budget, what, scratch, seed)


def documents(text: Path, tokenizer: Tokenizer, longest: int) -> dict[str, list[Feature]]:
    """Features of every language's documents, cut to `longest` tokens."""
    tokenizer.enable_truncation(longest)
    features, codes = {}, examples.languages(text, "train")
    for language in progress(codes, len(codes), "pretrain reads", "languages"):
        rows = examples.read(examples.path(text, "train", language))
        encodings = tokenizer.encode_batch([row["text"] for row in rows])
        features[language] = [Feature(e.ids, i) for i, e in enumerate(encodings) if len(e.ids) > 2]
        if not features[language]:
            raise UserError(f"{text}: none of {len(rows)} documents in {language!r} has a token")
    return features


class Draws:
    """Batches of documents, languages drawn in proportion to (documents ** exponent).

    A few batches' worth of documents is drawn at once and cut into batches of similar length: less
    padding in attention.
    """

    WINDOW = 16  # batches

    def __init__(self, languages: dict[str, list], batch_size: int, exponent: float, seed: int):
        self.languages, self.batch_size, self.seed = languages, batch_size, seed
        self.codes = list(languages)
        self.weights = [len(documents) ** exponent for documents in languages.values()]
        self._window = -1
        self._batches: list[list[Feature]] = []

    def batch(self, step: int) -> tuple[str, list[Feature]]:
        window, number = divmod(step, self.WINDOW)
        if window != self._window:
            self._window, self._batches = window, self._draw(window)
        return "text", self._batches[number]

    def _draw(self, window: int) -> list[list[Feature]]:
        draw = random.Random(f"{self.seed}/{window}")
        codes = draw.choices(self.codes, self.weights, k=self.WINDOW * self.batch_size)
        drawn = sorted(
            (draw.choice(self.languages[code]) for code in codes), key=lambda f: len(f.ids)
        )
        batches = [
            drawn[start : start + self.batch_size]
            for start in range(0, len(drawn), self.batch_size)
        ]
        draw.shuffle(batches)
        return batches
