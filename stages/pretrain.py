"""Pretrain a small XLM-R from scratch by masked language modelling on the suite's raw text.

The masking is BERT's (`stages.types.masked_language_modelling`). Logits are computed for the chosen
rows only. The result loads with `AutoModelForMaskedLM`.
"""

import random
import shutil
from functools import partial
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from stages import backward, compute, examples, special, training
from stages.batching import Feature, NextBatch
from stages.command import Run, stage, write_json
from stages.encoder import (
    EncoderConfig,
    MaskedLanguageHead,
    Packed,
    initialize,
    new_encoder,
    write_encoder,
)
from stages.flat import Flat
from stages.model import read_tokenizer
from stages.progress import progress
from stages.settings import ScratchModel
from stages.tokenizer import note_longest
from stages.types.masked_language_modelling import Masking


def main() -> None:
    with stage(
        __doc__,
        options=["model"],
        inputs=["code", "text", "tokenizer"],
        outputs=["out", "metrics"],
        params=["threads", "device", "precision", "pretrain", "models.{model}"],
    ) as run:
        compute.use(run.settings)
        model, trained = pretrain(run)
        write_encoder(run.outputs["out"], model.encoder, model.head)
        for name in ("tokenizer.json", "tokenizer_config.json"):
            shutil.copy(run.inputs["tokenizer"] / name, run.outputs["out"])
        note_longest(run.outputs["out"], model.encoder.config.max_tokens)
        size = sum(p.numel() for p in model.parameters())
        told = {"parameters": size, "curve": trained.curve, "made_from": run.made_from()}
        write_json(run.outputs["metrics"], told)
        last = trained.curve[-1]["loss_nats"]
        run.made = f"{size:,} parameters, loss {last:.2f} nats after {run.params['pretrain'].steps}"


class MaskedModel(nn.Module):
    """Encoder and masked-language-modelling head."""

    def __init__(self, entry: ScratchModel, vocab_size: int, generator: torch.Generator):
        super().__init__()
        self.encoder = new_encoder(shape(entry, vocab_size), generator)
        self.head = MaskedLanguageHead(self.encoder.config)
        initialize(self.head, entry.initializer_range, generator)

    def loss(self, documents: list[Feature], masking: Masking, step: int) -> tuple[Tensor, int]:
        """(mean cross-entropy over the chosen tokens in nats, number of real tokens)."""
        packed, rows, gold = masked(documents, masking, step)
        return cross_entropy(self, packed, rows, gold), packed.tokens


def cross_entropy(model: MaskedModel, packed: Packed, rows: Tensor, gold: Tensor) -> Tensor:
    """Of the ids `gold` (M,) in `rows` (M,) of the batch: the mean, in nats."""
    table = model.encoder.embeddings.word_embeddings.weight
    packed, rows, gold = (part.to(table.device) for part in (packed, rows, gold))
    return F.cross_entropy(model.head(model.encoder(packed, rows), table), gold)


def masked(documents: list[Feature], masking: Masking, step: int) -> tuple[Packed, Tensor, Tensor]:
    """(the batch with tokens replaced, chosen rows (M,), their gold ids (M,))."""
    packed = Packed([document.ids for document in documents])
    return packed, *masking.apply(packed, step)


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


def pretrain(run: Run) -> tuple[MaskedModel, training.Trained]:
    settings, entry = run.params["pretrain"], run.params[f"models.{run.options.model}"]
    tokenizer = read_tokenizer(run.inputs["tokenizer"])
    generator = torch.Generator().manual_seed(entry.seed)
    model = MaskedModel(entry, tokenizer.get_vocab_size(), generator)
    compute.place(model, run.settings)
    masking = Masking(settings.mask_rate, special.read(tokenizer), entry.seed)
    longest = min(settings.max_tokens, model.encoder.config.max_tokens)
    languages = documents(run, tokenizer, longest)
    draws = Draws(languages, settings.batch_size, settings.language_exponent, entry.seed)
    budget = training.Budget(
        settings.steps,
        settings.learning_rate,
        settings.warmup,
        settings.weight_decay,
        settings.beta2,
        settings.clip_norm,
    )
    what = f"pretrain {run.options.model}"
    return model, train(model, masking, draws.batch, budget, what, run.scratch, entry.seed)


def train(
    model: MaskedModel,
    masking: Masking,
    next_batch: NextBatch,
    budget: training.Budget,
    what: str,
    scratch: Path,
    seed: int,
) -> training.Trained:
    """Train `model` in place: by the written-out backward pass where it fits, else by autograd."""
    if backward.fits(model.encoder):
        flat = Flat(model)
        named, computed = flat.named, backward.MaskedStep(model.encoder, model.head, flat).loss
    else:
        named, computed = None, partial(cross_entropy, model)

    def loss_of(task: str, batch: list[Feature], step: int) -> tuple[training.Loss, int]:
        packed, rows, gold = masked(batch, masking, step)
        return computed(packed, rows, gold), packed.tokens

    return training.train(model, loss_of, next_batch, budget, what, scratch, seed, named=named)


def documents(run: Run, tokenizer, longest: int) -> dict[str, list[Feature]]:
    """Features of every language's documents, cut to `longest` tokens."""
    tokenizer.enable_truncation(longest)
    found, codes = {}, examples.languages(run.inputs["text"], "train")
    for language in progress(codes, len(codes), "pretrain reads", "languages"):
        texts = examples.read(examples.path(run.inputs["text"], "train", language))
        encodings = tokenizer.encode_batch([example["text"] for example in texts])
        found[language] = [Feature(e.ids, i) for i, e in enumerate(encodings) if len(e.ids) > 2]
    return found


class Draws:
    """Batches of documents, languages drawn in proportion to (documents ** exponent).

    A few batches' worth of documents is drawn at once and cut into batches of similar length: less
    padding in attention.
    """

    WINDOW = 16  # batches

    def __init__(self, languages: dict[str, list], batch_size: int, exponent: float, seed: int):
        self.languages, self.batch_size, self.seed = languages, batch_size, seed
        self.codes = list(languages)
        self.weights = [len(found) ** exponent for found in languages.values()]
        self._window, self._batches = -1, []

    def batch(self, step: int) -> tuple[str, list[Feature]]:
        window, place = divmod(step, self.WINDOW)
        if window != self._window:
            self._window, self._batches = window, self._draw(window)
        return "text", self._batches[place]

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


if __name__ == "__main__":
    main()
