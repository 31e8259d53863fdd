"""Fetching a model: whole and checked, or a clear error; the same bytes ever after."""

import json
import os
import pickle
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
import transformers
import yaml
from safetensors.torch import load_file, save_file

from tests.conftest import FULL, ROOT, run
from tests.fetched.test_sentencepiece import model as sentencepiece_model
from waystation.base.errors import UserError
from waystation.encoder.checkpoint import read_encoder
from waystation.encoder.config import EncoderConfig, read_config
from waystation.encoder.encoder import Encoder
from waystation.fetched import pretrained, unpickle
from waystation.fetched.entry import check_entry
from waystation.files import checksum, write_json
from waystation.frame.code_digest import PACKAGES
from waystation.hub import client
from waystation.params.models import FetchedModel
from waystation.params.typed import build

SHAPE = dict(
    vocab_size=60,
    hidden_size=32,
    num_hidden_layers=2,
    num_attention_heads=4,
    intermediate_size=48,
    max_position_embeddings=64,
)
SAFE = {"config.json": "unpinned", "model.safetensors": "unpinned", "tokenizer.json": "unpinned"}
ENTRY = FetchedModel(
    layers=2,
    hidden=32,
    heads=4,
    intermediate=48,
    positions=64,
    repository="org/mbert",
    revision="unpinned",
    license="Apache-2.0",
    architecture="bert",
    vocabulary=60,
    files=SAFE,
)
REVISION = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def upstream(tmp_path, pieces_tokenizer):
    """A folder in the Hub's layout with a tiny random BERT."""
    folder = tmp_path / "hub" / "org" / "mbert"
    torch.manual_seed(1)
    transformers.BertForMaskedLM(transformers.BertConfig(**SHAPE)).save_pretrained(folder)
    pieces_tokenizer.save_pretrained(folder)
    return tmp_path / "hub"


def record(tmp_path):
    return pretrained.Record(tmp_path / "locks" / "mbert.json")


def write(upstream, tmp_path, entry=ENTRY):
    """Fetch and write a model in this process; what the manifest says."""
    files = pretrained.fetch(entry, str(upstream), record(tmp_path), tmp_path / "scratch")
    return pretrained.write_model(entry, files, tmp_path / "out", tmp_path / "scratch")


def edit(upstream, **values):
    file = upstream / "org/mbert/config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | values))


def test_a_fetched_model_is_that_of_transformers(upstream, tmp_path):
    told = write(upstream, tmp_path)
    theirs = transformers.AutoModelForMaskedLM.from_pretrained(upstream / "org/mbert").eval()
    ours = transformers.AutoModelForMaskedLM.from_pretrained(tmp_path / "out").eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(tmp_path / "out")
    batch = tokenizer("the horses", "in the barn .", return_tensors="pt")
    assert batch["token_type_ids"].tolist() == [[0, 0, 0, 0, 0, 1, 1, 1, 1, 1]]
    assert tokenizer.mask_token_id == 4
    with torch.no_grad():
        assert torch.equal(theirs(**batch).logits, ours(**batch).logits)
    assert told["parameters"] == sum(p.numel() for p in theirs.parameters())
    assert told["masked_language_head"] is True
    assert told["converted"] == told["left_out"] == []


def minilm(upstream):
    """As Multilingual MiniLM: a bare BERT as a pickle, XLM-R's SentencePiece model, padding 0."""
    folder = upstream / "org/mbert"
    config = transformers.BertConfig(**SHAPE, tokenizer_class="XLMRobertaTokenizer")
    torch.manual_seed(2)
    model = transformers.BertModel(config).eval()
    shutil.rmtree(folder)
    folder.mkdir()
    config.save_pretrained(folder)
    state = model.state_dict()
    state["embeddings.position_ids"] = torch.arange(64)[None]
    torch.save(state, folder / "pytorch_model.bin")
    (folder / "sentencepiece.bpe.model").write_bytes(sentencepiece_model())
    names = ("config.json", "pytorch_model.bin", "sentencepiece.bpe.model")
    return model, replace(ENTRY, files=dict.fromkeys(names, "unpinned"))


def test_a_pickle_and_a_sentencepiece_model_are_converted(upstream, tmp_path):
    theirs, entry = minilm(upstream)
    told = write(upstream, tmp_path, entry)
    assert told["converted"] == ["pytorch_model.bin", "sentencepiece.bpe.model"]
    assert told["masked_language_head"] is False
    assert "embeddings.position_ids" in told["left_out"]
    ours = transformers.AutoModel.from_pretrained(tmp_path / "out", add_pooling_layer=False).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(tmp_path / "out")
    batch = tokenizer("the horses", "a , s", return_tensors="pt")
    ids = batch["input_ids"][0].tolist()
    assert (ids[0], ids[-1], ids.count(2), tokenizer.pad_token_id) == (0, 2, 3, 1)
    assert "token_type_ids" not in batch
    with torch.no_grad():
        assert torch.equal(ours(**batch)[0], theirs(**batch)[0])


class Harmful:
    def __init__(self, file):
        self.file = str(file)

    def __reduce__(self):
        return open, (self.file, "w")


@pytest.mark.parametrize("zipped", [True, False])
def test_a_pickle_that_would_run_code_is_refused_and_runs_none(upstream, tmp_path, zipped):
    _, entry = minilm(upstream)
    file, trace = upstream / "org/mbert/pytorch_model.bin", tmp_path / "it_ran"
    held = {"embeddings.word_embeddings.weight": torch.ones(2), "x": Harmful(trace)}
    torch.save(held, file, _use_new_zipfile_serialization=zipped)
    with pytest.raises(
        UserError, match=r"pytorch_model\.bin is refused: it asks for io\.open; allowed: tensors"
    ):
        write(upstream, tmp_path, entry)
    assert not trace.exists()
    assert not (tmp_path / "out").exists()
    torch.load(file, weights_only=False)  # the trap is one
    assert trace.exists()


@pytest.mark.parametrize("held", [{"a": torch.ones(1), "step": 3}, [torch.ones(1)], b"nothing"])
def test_a_pickle_of_anything_but_named_tensors_is_refused(tmp_path, held):
    if isinstance(held, bytes):
        (tmp_path / "pytorch_model.bin").write_bytes(held)
    else:
        torch.save(held, tmp_path / "pytorch_model.bin")
    with pytest.raises(UserError, match=r"pytorch_model\.bin is refused") as problem:
        pretrained.converted(tmp_path / "pytorch_model.bin", tmp_path / "scratch")
    assert "Traceback" not in str(problem.value)


def test_nothing_else_unpickles():
    files = [file for package in PACKAGES for file in ROOT.glob(f"{package}/**/*.py")]
    assert Path(unpickle.__file__) in files
    for file in files:
        if file != Path(unpickle.__file__):
            text = file.read_text()
            assert "torch.load" not in text, file
            assert "pickle.load" not in text, file
            assert "trust_remote_code" not in text, file
    assert pickle  # the standard library's is what torch restricts


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"num_hidden_layers": 3}, r"config\.json does not fit .* layers 3, not 2"),
        ({"hidden_act": "gelu_new"}, "hidden_act is 'gelu_new', implemented: 'gelu'"),
        ({"position_embedding_type": "relative_key"}, "position_embedding_type is 'relative_key'"),
        ({"auto_map": {"AutoModel": "code.Model"}}, "unknown keys auto_map; they may change"),
        ({"tie_word_embeddings": False}, "tie_word_embeddings is False, implemented: True"),
        ({"model_type": "gpt2"}, "'gpt2'; allowed: xlm-roberta, xlm-roberta-xl, bert"),
        ({"model_type": "xlm-roberta"}, "architecture xlm-roberta, not bert"),
        ({"vocab_size": "60"}, "vocab_size: expected int, got str '60'"),
        ({"num_attention_heads": 5}, "hidden_size 32 is no multiple of num_attention_heads 5"),
        ({"type_vocab_size": 1}, "tells two texts apart by token types, the model has but one"),
    ],
)
def test_a_config_that_asks_for_something_else_is_refused(upstream, tmp_path, change, message):
    edit(upstream, **change)
    with pytest.raises(UserError, match=message):
        write(upstream, tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        {"_attn_implementation_autoset": True},
        {"_name_or_path": "x"},
        {"transformers.js_config": {}},
        {"tie_encoder_decoder": False},
        {"sliding_window": None},
        {"pruned_heads": {}},
        {"problem_type": None},
        {"use_cache": True},
    ],
)
def test_a_key_that_changes_nothing_is_taken(upstream, tmp_path, change):
    edit(upstream, **change)
    assert write(upstream, tmp_path)["parameters"]


NORM = "bert.encoder.layer.0.attention.output.LayerNorm.weight"
DECODER, TABLE = "cls.predictions.decoder.weight", "bert.embeddings.word_embeddings.weight"


def reweigh(upstream, change):
    """Edit the tensors of the upstream model."""
    file = upstream / "org/mbert/model.safetensors"
    tensors = {name: tensor.clone() for name, tensor in load_file(file).items()}
    save_file(tensors | change(tensors), file)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: {n: v.to(torch.int8) for n, v in t.items()}, "is of torch.int8; allowed: fl"),
        (lambda t: {NORM: t[NORM].to(torch.int64)}, f"{NORM} is of torch.int64"),
        (lambda t: {NORM: t[NORM] > 0}, f"{NORM} is of torch.bool"),
        (lambda t: {NORM: t[NORM].to(torch.float8_e4m3fn)}, f"{NORM} is of torch.float8_e4m3fn"),
        (lambda t: {NORM: t[NORM].to(torch.complex64)}, f"{NORM} is of torch.complex64"),
        (lambda t: {NORM: (t[NORM] * torch.nan).bfloat16()}, f"{NORM} has 32 of 32 numbers not"),
        (lambda t: {NORM: (t[NORM] * torch.inf).half()}, f"{NORM} has 32 of 32 numbers not finite"),
        (lambda t: {NORM: t[NORM].double() * 1e300}, f"{NORM} has 32 of 32 numbers not finite"),
        (lambda t: {NORM: t[NORM][:5].clone()}, f"{NORM} has shape (5,), the config asks for"),
        (lambda t: {"more.weight": t[NORM] + 1}, "holds tensors that bert has not: more.weight"),
        (lambda t: {DECODER: t[TABLE] + 1}, f"{DECODER} is not {TABLE}; only tied decoders"),
        (lambda t: {NORM.replace("weight", "gamma"): t[NORM] + 1}, "holds both bert.encoder."),
    ],
)  # fmt: skip
def test_weights_that_are_not_what_they_should_be_are_refused(upstream, tmp_path, change, message):
    reweigh(upstream, change)
    with pytest.raises(UserError) as refused:
        write(upstream, tmp_path)
    assert message in str(refused.value)
    assert "model.safetensors" in str(refused.value)


@pytest.mark.parametrize("kind", [torch.float64, torch.float16, torch.bfloat16])
def test_weights_of_other_floats_become_float32(upstream, tmp_path, kind):
    reweigh(upstream, lambda tensors: {name: t.to(kind) for name, t in tensors.items()})
    write(upstream, tmp_path)
    before = load_file(upstream / "org/mbert/model.safetensors")
    written = load_file(tmp_path / "out/model.safetensors")
    assert all(tensor.dtype == torch.float32 for tensor in written.values())
    assert torch.equal(written[NORM], before[NORM].float())


def test_a_tokenizer_without_a_token_for_the_unknown_is_refused(upstream, tmp_path):
    file = upstream / "org/mbert/tokenizer.json"
    stored = json.loads(file.read_text())
    stored["model"]["unk_token"] = "[NONE]"
    file.write_text(json.dumps(stored))
    with pytest.raises(UserError, match=r"tokenizer\.json cannot take unknown text: "):
        write(upstream, tmp_path)


LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\n"


@pytest.mark.parametrize("name", SAFE)
@pytest.mark.parametrize(
    "data", [LFS, b"", b"null", b"[]", b"<html>", b"PK\x03\x04", b"\xff\xfe{\0}\0", None]
)
def test_a_file_that_is_not_what_its_name_says_is_named(upstream, tmp_path, name, data):
    file = upstream / "org/mbert" / name
    file.write_bytes(file.read_bytes()[:300] if data is None else data)  # or cut
    with pytest.raises(UserError, match=rf"^[^\n]*{name}[^\n]*$") as refused:
        write(upstream, tmp_path)
    assert data != LFS or "Git LFS pointer" in str(refused.value)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("data", [LFS, b"", b"null", b"[]", b'{"repository": ', b"\xff\xfe{\0"])
def test_a_record_that_is_none_is_named(tmp_path, data):
    record(tmp_path).file.parent.mkdir()
    record(tmp_path).file.write_bytes(data)
    with pytest.raises(UserError, match=r"mbert\.json"):
        record(tmp_path)


def test_what_a_config_leaves_out_is_what_transformers_takes(tmp_path):
    names = {"xlm-roberta": "XLMRoberta", "xlm-roberta-xl": "XLMRobertaXL", "bert": "Bert"}
    for kind, name in names.items():
        (tmp_path / "config.json").write_text(json.dumps(SHAPE | {"model_type": kind}))
        ours, theirs = read_config(tmp_path), getattr(transformers, f"{name}Config")(**SHAPE)
        for key in ours.__dataclass_fields__:
            assert getattr(ours, key) == getattr(theirs, key), (kind, key)


def test_a_tokenizer_with_more_tokens_than_the_model_is_refused(upstream, tmp_path):
    file = upstream / "org/mbert/tokenizer.json"
    told = json.loads(file.read_text())
    told["model"]["vocab"]["more"] = 60
    file.write_text(json.dumps(told))
    with pytest.raises(UserError, match=r"has token 60, the model only 60 tokens"):
        write(upstream, tmp_path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (dict(architecture="bart"), "architecture 'bart'; allowed: xlm-roberta"),
        (dict(files={"config.json": "unpinned"}), "needs one of model.safetensors, pytorch_model"),
        (dict(files=SAFE | {"pytorch_model.bin": "unpinned"}), "needs one of model.safetensors"),
        (dict(files=SAFE | {"vocab.txt": "unpinned"}), "'vocab.txt'; allowed: config.json, model"),
        (dict(files=SAFE | {"config.json": "latest"}), "'latest'; allowed: 64 hex digits or"),
    ],
)
def test_an_entry_without_sense_is_refused(change, message):
    with pytest.raises(UserError, match=message):
        check_entry(replace(ENTRY, **change))


# Parameters of the encoders without pooler, as the repositories' configs and file sizes give them.
PARAMETERS = {
    "xlm-roberta-base": 277_453_056,
    "xlm-roberta-large": 558_840_832,
    "xlm-roberta-xl": 3_475_929_600,
    "Multilingual-MiniLM-L12-H384": 117_653_760 - (384 + 1) * 384,
    "bert-base-multilingual-cased": 177_853_440 - (768 + 1) * 768,
    "multilingual-e5-small": 117_653_760 - (384 + 1) * 384,
    "multilingual-e5-base": 277_453_056,
    "multilingual-e5-large": 558_840_832,
    "bge-m3": 558_840_832 + (8194 - 514) * 1024,
    "xlm-v-base": 277_453_056 + (901_629 - 250_002) * 768,
    "glot500-base": 277_453_056 + (401_145 - 250_002) * 768,
}


@pytest.mark.parametrize("name", PARAMETERS)
def test_the_entries_are_whole_and_have_the_known_size(name):
    entries = yaml.safe_load((ROOT / "docs/models.yaml").read_text())
    assert entries.keys() == PARAMETERS.keys()
    entry = build(FetchedModel, entries[name], "docs/models.yaml")
    check_entry(entry)
    shape = {there: getattr(entry, here) for here, there in pretrained.SHAPE.items()}
    shape["type_vocab_size"] = 2 if entry.architecture == "bert" else 1
    with torch.device("meta"):
        encoder = Encoder(EncoderConfig(**shape))
    assert sum(p.numel() for p in encoder.parameters()) == PARAMETERS[name]


def test_pinned_bytes_are_enforced_at_the_first_fetch(upstream, tmp_path):
    found = {name: checksum(upstream / "org/mbert" / name) for name in SAFE}
    write(upstream, tmp_path, replace(ENTRY, files=found))
    wrong = replace(ENTRY, files=found | {"model.safetensors": "0" * 64})
    right = found["model.safetensors"]
    with pytest.raises(UserError, match=rf"has SHA-256 {right}, the entry asks for {'0' * 64}"):
        write(upstream, tmp_path, wrong)


def test_a_file_that_is_missing_is_named(upstream, tmp_path):
    (upstream / "org/mbert/tokenizer.json").unlink()
    with pytest.raises(UserError, match=r"no tokenizer\.json in .*org/mbert"):
        write(upstream, tmp_path)


@pytest.fixture
def hub(upstream, monkeypatch, tmp_path):
    """The Hub's two functions: `main` at a revision, files copied from the upstream folder."""
    asked = []

    def resolve(repository, revision, kind):
        asked.append((repository, revision, kind))
        return REVISION if revision == "unpinned" else revision

    def fetch_file(repository, name, revision, sha256, folder):
        asked.append((repository, name, revision, sha256))
        folder.mkdir(parents=True, exist_ok=True)
        return shutil.copy(upstream / repository / name, folder / name)

    monkeypatch.setattr(client, "resolve", resolve)
    monkeypatch.setattr(client, "fetch_file", fetch_file)
    return asked


@pytest.mark.parametrize("prefix", ["hub", "no/such/folder"])
def test_without_a_folder_the_hub_is_asked_at_the_recorded_revision(hub, tmp_path, prefix):
    first = record(tmp_path)
    pretrained.fetch(ENTRY, prefix, first, tmp_path / "scratch")
    assert hub[0] == ("org/mbert", "unpinned", "model")
    assert ("org/mbert", "config.json", REVISION, None) in hub
    first.keep()
    stored = json.loads(first.file.read_text())
    assert stored["revision"] == REVISION
    hub.clear()
    pretrained.fetch(ENTRY, prefix, record(tmp_path), tmp_path / "scratch")
    assert hub[0] == ("org/mbert", REVISION, "model")
    assert ("org/mbert", "config.json", REVISION, stored["files"]["config.json"]) in hub
    other = replace(ENTRY, revision="f" * 40)
    with pytest.raises(UserError, match=f"revision is {'f' * 40} now, but was {REVISION}"):
        pretrained.fetch(other, prefix, record(tmp_path), tmp_path / "scratch")


def test_a_recorded_revision_that_is_gone_says_how_to_take_another(hub, tmp_path, monkeypatch):
    def gone(*asked):
        raise UserError(f"no revision {asked[1]}")

    monkeypatch.setattr(client, "resolve", gone)
    with pytest.raises(UserError, match=r"^no revision unpinned$"):
        pretrained.fetch(ENTRY, "hub", record(tmp_path), tmp_path / "scratch")
    told = {"repository": "org/mbert", "revision": REVISION, "files": {}}
    write_json(record(tmp_path).file, told)
    with pytest.raises(UserError, match=rf"revision {REVISION} \(.*mbert\.json; to accept others"):
        pretrained.fetch(ENTRY, "hub", record(tmp_path), tmp_path / "scratch")


@pytest.fixture
def stage(upstream, tmp_path):
    """Run the stage itself in a suite with the tiny model; returns the finished process."""
    params = yaml.safe_load(FULL.read_text())
    del params["pretrain"], params["world"]
    entry = {key: value for key, value in vars(ENTRY).items() if key != "seed"}
    params |= {"models": {"mbert": entry}, "origins": {"scratch": [], "hub": ["mbert"]}}
    params |= {"tokenizer": {"kinds": []}, "generators": []}
    params["extra"] = {"models": [], "recipes": []}
    params["source"] |= {"prefix": str(upstream), "depends_on": str(upstream)}
    for section in ("intermediate", "target"):  # what the tiny model has positions for
        params[section]["max_tokens"] = 16
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(params))
    (tmp_path / "code").write_text("")

    def stage():
        command = [sys.executable, "-m", "stages.fetch", "--params", str(tmp_path / "params.yaml")]
        command += ["--model", "mbert", "--code", str(tmp_path / "code")]
        command += ["--record", str(tmp_path / "locks/mbert.json"), "--out", str(tmp_path / "out")]
        return run(command, ROOT, check=False, DVC_ROOT=str(tmp_path))

    return stage


def test_a_changed_upstream_is_an_error_until_it_is_accepted(stage, upstream, tmp_path):
    lock, out = tmp_path / "locks/mbert.json", tmp_path / "out"
    assert "recorded in" in stage().stdout
    first, made = lock.read_bytes(), checksum(out)
    manifest = json.loads((out / "fetched.json").read_text())
    assert manifest["license"] == "Apache-2.0"
    before = manifest["files"]["model.safetensors"]
    assert before == checksum(upstream / "org/mbert/model.safetensors")
    # As on another machine, with the record from git: the same bytes again.
    shutil.rmtree(out)
    assert "recorded in" not in stage().stdout
    assert (lock.read_bytes(), checksum(out)) == (first, made)
    torch.manual_seed(9)
    other = transformers.BertForMaskedLM(transformers.BertConfig(**SHAPE))
    other.save_pretrained(upstream / "org/mbert")
    changed = checksum(upstream / "org/mbert/model.safetensors")
    shutil.rmtree(out)
    failed = stage()
    assert failed.returncode == 1
    assert "Traceback" not in failed.stderr
    for told in (changed, before, str(lock), "delete that file"):
        assert told in failed.stderr
    assert not out.exists()
    assert lock.read_bytes() == first
    os.remove(lock)
    assert stage().returncode == 0
    assert changed in lock.read_text()
    assert read_encoder(out)[0].config.hidden_size == 32
