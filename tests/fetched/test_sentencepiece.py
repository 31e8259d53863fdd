"""A SentencePiece model becomes the tokenizer that Transformers makes of it."""

import struct

import pytest

from waystation.base.errors import UserError
from waystation.encoder.tokenizer import read_special
from waystation.fetched import sentencepiece

PIECES = [("<unk>", 0.0), ("<s>", 0.0), ("</s>", 0.0), (",", -3.4), ("▁", -2.0), ("▁the", -1.0)]
PIECES += [("s", -2.5), ("▁horse", -3.0), ("hor", -4.0), ("se", -4.5), ("▁κόσμος", -5.0), ("a", -6)]
TEXTS = [
    "the horses",
    "  the   horse ,\u3000the hors\n",
    "κόσμος the xyz",
    "A the",
    "",
    "a<mask> the",
]


def varint(value: int) -> bytes:
    low, rest = value & 127, value >> 7
    return bytes([low | 128]) + varint(rest) if rest else bytes([low])


def field(number: int, value) -> bytes:
    """A field of a protocol buffer's message."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    if isinstance(value, float):
        return varint(number << 3 | 5) + struct.pack("<f", value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def charsmap() -> bytes:
    """A precompiled normalisation that makes `a` of `A`: a double-array trie and its texts."""
    units = [0] * 512
    units[65] = 65 | 1 << 8 | 128 << 10  # label A, has a leaf, which is 128 away
    units[65 ^ 128] = 0  # the leaf: its text begins at byte 0
    return struct.pack("<I", 4 * len(units)) + struct.pack("<512I", *units) + b"a\0"


def model(pieces=PIECES, kind=1) -> bytes:
    """A model with the fields of real ones, the first pieces' types among them."""
    data = b""
    for piece, score in pieces:
        data += field(1, field(1, piece.encode()) + field(2, float(score)) + field(3, 1))
    data += field(
        2, field(1, b"corpus.txt") + field(3, kind) + field(4, 250000) + field(10, 0.9995)
    )
    return data + field(3, field(1, b"nmt_nfkc") + field(2, charsmap()) + field(3, 1))


@pytest.fixture
def file(tmp_path):
    file = tmp_path / "sentencepiece.bpe.model"
    file.write_bytes(model())
    return file


def test_it_is_the_tokenizer_of_transformers(file):
    from transformers import XLMRobertaTokenizer

    first = ["<s>", "<pad>", "</s>", "<unk>"]
    vocabulary = [(name, 0.0) for name in first] + PIECES[3:] + [("<mask>", 0.0)]
    theirs = XLMRobertaTokenizer(vocab=vocabulary, _spm_precompiled_charsmap=charsmap())
    ours = sentencepiece.read(file)
    for text in TEXTS:
        assert ours.encode(text).ids == theirs(text)["input_ids"], text
        assert ours.encode(text, "the").ids == theirs(text, "the")["input_ids"], text
    assert ours.encode("A").tokens == ["<s>", "▁", "a", "</s>"]
    assert ours.get_vocab() == theirs.get_vocab()
    assert read_special(ours).mask == len(PIECES) + 1
    assert ours.decode(ours.encode("the horses").ids) == "the horses"


def test_a_cut_file_is_named(file):
    whole = file.read_bytes()
    for length in (len(whole) - 100, len(whole) - 1, 9):
        file.write_bytes(whole[:length])
        with pytest.raises(UserError, match=r"bpe\.model is not a whole SentencePiece model"):
            sentencepiece.read(file)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (model(kind=2), r"model type 2 beginning with \['<unk>', '<s>', '</s>'\]; implemented: 1"),
        (model(PIECES[1:]), r"beginning with \['<s>', '</s>', ','\]"),
        (b"\x0e not a message", "not a whole SentencePiece model: wire type 6"),
    ],
)
def test_another_model_is_refused(file, data, message):
    file.write_bytes(data)
    with pytest.raises(UserError, match=message):
        sentencepiece.read(file)
