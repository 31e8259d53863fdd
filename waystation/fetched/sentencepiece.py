"""XLM-R's tokenizer from a SentencePiece model, for repositories without a `tokenizer.json`.

The file is a protocol buffer (sentencepiece_model.proto of github.com/google/sentencepiece); the
few fields that count are read here, as nothing else of the project needs a parser. The result is
that of `transformers.XLMRobertaTokenizer`: fairseq's four special tokens first, <mask> last.
"""

import math
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer, decoders, models, normalizers, processors
from tokenizers import pre_tokenizers as splitters

from waystation.base.errors import UserError, misfit
from waystation.encoder.tokenizer_training import BOS, EOS, SPECIAL, UNK
from waystation.text_files import hold_binary

# Numbers of fields: in ModelProto, SentencePiece, TrainerSpec and NormalizerSpec.
PIECES, TRAINER, NORMALIZER = 1, 2, 3
PIECE, SCORE = 1, 2
MODEL_TYPE, CHARSMAP = 3, 2
UNIGRAM = 1
RESERVED = ["<unk>", "<s>", "</s>"]  # a SentencePiece model's first pieces


def read(file: Path) -> Tokenizer:
    """The tokenizer of a `sentencepiece.bpe.model` (a unigram model, whatever its name says)."""
    hold_binary(file, "a SentencePiece model")
    try:
        pieces, kind, charsmap = parse(file.read_bytes())
        return unigram(file, pieces, kind, charsmap)
    except UserError:
        raise
    except Exception as problem:  # bytes that say anything at all
        reason = misfit(problem)
        raise UserError(f"{file} is not a whole SentencePiece model: {reason}") from None


def unigram(file: Path, pieces: list[tuple[str, float]], kind: int, charsmap: bytes) -> Tokenizer:
    """The tokenizer of a unigram model's pieces."""
    start = [piece for piece, _ in pieces[: len(RESERVED)]]
    if kind != UNIGRAM or start != RESERVED:
        raise UserError(
            f"{file}: model type {kind} beginning with {start}; implemented: {UNIGRAM} (unigram) "
            f"beginning with {RESERVED}"
        )
    if odd := [piece for piece, score in pieces if not math.isfinite(score)]:
        raise UserError(f"{file}: the score of piece {odd[0]!r} is not finite")
    first, mask = SPECIAL[:4], SPECIAL[4]
    vocabulary = [(name, 0.0) for name in first] + pieces[len(RESERVED) :] + [(mask, 0.0)]
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=UNK, byte_fallback=False))
    if charsmap:
        tokenizer.normalizer = normalizers.Precompiled(charsmap)
    tokenizer.pre_tokenizer = splitters.Sequence(
        [splitters.WhitespaceSplit(), splitters.Metaspace()]
    )
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.add_special_tokens([*first, mask])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", BOS), ("</s>", EOS)],
    )
    return tokenizer


def parse(data: bytes) -> tuple[list[tuple[str, float]], int, bytes]:
    """(pieces with their scores, type of the model, precompiled normalisation) of a model."""
    pieces: list[tuple[str, float]] = []
    kind, charsmap = UNIGRAM, b""
    for number, value in fields(data):
        if number == PIECES:
            piece = dict(fields(value))
            pieces.append((piece[PIECE].decode(), piece.get(SCORE, 0.0)))
        elif number == TRAINER:
            kind = dict(fields(value)).get(MODEL_TYPE, UNIGRAM)
        elif number == NORMALIZER:
            charsmap = dict(fields(value)).get(CHARSMAP, b"")
    return pieces, kind, charsmap


def fields(data: bytes) -> Iterator[tuple[int, Any]]:
    """(number, value) of each field of a protocol buffer's message.

    A value is an int, a float, or bytes, which may be a message of their own.
    """
    offset = 0
    value: Any
    while offset < len(data):
        key, offset = varint(data, offset)
        number, wire = key >> 3, key & 7
        if wire == 0:
            value, offset = varint(data, offset)
        elif wire == 2:
            length, offset = varint(data, offset)
            value, offset = data[offset : offset + length], offset + length
            if offset > len(data):
                raise ValueError("a field is cut short")
        elif wire in (1, 5):
            form, length = ("<d", 8) if wire == 1 else ("<f", 4)
            (value,), offset = struct.unpack_from(form, data, offset), offset + length
        else:
            raise ValueError(f"wire type {wire}")
        yield number, value


def varint(data: bytes, offset: int) -> tuple[int, int]:
    """(value, offset behind it) of a number of seven bits a byte, lowest first."""
    value = shift = 0
    while True:
        byte = data[offset]
        value |= (byte & 127) << shift
        offset, shift = offset + 1, shift + 7
        if byte < 128:
            return value, offset
