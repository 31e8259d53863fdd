"""A pretrained model: its files checked, recorded, and written in one layout."""

import subprocess
import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from tokenizers import Tokenizer

from waystation.base.errors import UserError
from waystation.encoder import tokenizer_training
from waystation.encoder.checkpoint import read_file, write_encoder
from waystation.encoder.config import EncoderConfig, read_config
from waystation.encoder.tokenizer import read_special, read_tokenizer
from waystation.fetched import foreign, four_bits, packages, sentencepiece, unpickle
from waystation.fetched.entry import CONFIG, FOUR_BITS, TOKENIZERS, UNPINNED, WEIGHTS
from waystation.files import checksum, whole, write_json
from waystation.hub import client
from waystation.params.models import FetchedModel
from waystation.params.typed import build
from waystation.text_files import hold_binary, read_json

SHAPE = {
    "architecture": "model_type",
    "layers": "num_hidden_layers",
    "hidden": "hidden_size",
    "heads": "num_attention_heads",
    "intermediate": "intermediate_size",
    "positions": "max_position_embeddings",
    "vocabulary": "vocab_size",
}


@dataclass(frozen=True)
class Stored:
    """What a record's file holds."""

    repository: str
    revision: str | None
    files: dict[str, str]


class Record:
    """What the first fetch found, kept in git: repository, revision, {file's name: SHA-256}.

    A local folder has no revision, None: there the checksums decide alone.
    """

    def __init__(self, file: Path):
        self.file = file
        self.stored = (
            asdict(build(Stored, read_json(file, dict), str(file))) if file.is_file() else None
        )
        self.found: dict = {"repository": None, "revision": None, "files": {}}
        self.kept = True  # in git; not where the entry pins everything itself

    def hold(self, key: str, value: str | None) -> None:
        """Note a finding; UserError if the first fetch found something else."""
        if self.stored is not None:
            self._compare(key, value, self.stored[key])
        self.found[key] = value

    def hold_file(self, name: str, digest: str) -> None:
        """The same of a file's SHA-256."""
        if self.stored is not None:
            self._compare(f"SHA-256 of {name}", digest, self.stored["files"].get(name, "no file"))
        self.found["files"][name] = digest

    def _compare(self, what: str, value: str | None, recorded: str | None) -> None:
        if value != recorded and None not in (value, recorded):
            raise UserError(
                f"{what} is {value} now, but was {recorded} when the model was first fetched "
                f"({self.file}). To accept what is there now, delete that file and run again"
            )

    def keep(self) -> None:
        """Write the record of a first fetch."""
        if self.stored is None and self.kept:
            with whole(self.file) as beside:
                write_json(beside, self.found)
            print(f"fetch: recorded in {self.file}; it belongs into git", flush=True)


def fetch(entry: FetchedModel, prefix: str, record: Record, scratch: Path) -> dict[str, Path]:
    """{name: path} of the entry's files, each of the bytes that entry and record ask for."""
    folder = Path(prefix) / entry.repository
    if prefix != "hub" and entry.packages and not folder.is_dir():
        return from_packages(entry, record)
    record.hold("repository", entry.repository)
    if prefix != "hub" and folder.is_dir():
        print(f"fetch: {entry.repository} from {folder}", flush=True)
        record.hold("revision", None)
        files = {name: folder / name for name in entry.files}
        missing = [name for name, file in files.items() if not file.is_file()]
        if missing:
            raise UserError(f"no {', '.join(missing)} in {folder}")
    else:
        files = from_hub(entry, record, scratch)
    for name, value in entry.files.items():
        digest = checksum(files[name])
        if value not in (UNPINNED, digest):
            raise UserError(f"{files[name]} has SHA-256 {digest}, the entry asks for {value}")
        record.hold_file(name, digest)
    return files


def from_packages(entry: FetchedModel, record: "Record") -> dict[str, Path]:
    """The files from installed packages, which the entry itself pins: the record has no part."""
    files = {name: packages.locate(name, wanted) for name, wanted in entry.packages.items()}
    for name, wanted in entry.packages.items():
        print(f"fetch: {name} of {entry.repository} from {wanted.package}", flush=True)
    record.found |= {"packages": {name: p.package for name, p in entry.packages.items()}}
    record.found["files"] = {name: wanted.sha256 for name, wanted in entry.packages.items()}
    record.kept = False
    return files


def from_hub(entry: FetchedModel, record: Record, scratch: Path) -> dict[str, Path]:
    """The files from the Hub, of the first fetch's revision where the entry is unpinned."""
    first = record.stored or {"revision": None, "files": {}}
    again = bool(first["revision"]) and entry.revision in (UNPINNED, first["revision"])
    known = {name: value for name, value in entry.files.items() if value != UNPINNED}
    known = first["files"] | known if again else known
    try:
        wanted = first["revision"] if again else entry.revision
        revision = client.resolve(entry.repository, wanted, "model")
        print(f"fetch: {entry.repository} from the Hub at {revision}", flush=True)
        record.hold("revision", revision)
        return {
            name: client.fetch_file(entry.repository, name, revision, known.get(name), scratch)
            for name in entry.files
        }
    except UserError as problem:
        if not again:
            raise
        raise UserError(
            f"{problem} (revision and checksums are those of the first fetch, {record.file}; to "
            f"accept others, delete that file and run again)"
        ) from None


def write_model(entry: FetchedModel, files: dict[str, Path], out: Path, scratch: Path) -> dict:
    """Write config, weights and tokenizer; returns what the manifest says of them."""
    words = next(files[name] for name in TOKENIZERS if name in files)
    pieces = words.suffix == ".model"
    tokenizer_read = sentencepiece.read(words) if pieces else read_tokenizer(words.parent)
    weights = next(files[name] for name in (FOUR_BITS, *WEIGHTS) if name in files)
    pickled = weights.name == WEIGHTS[1]
    if FOUR_BITS in files:
        config, tensors = four_bits.read(weights)
        check_shape(entry, config, weights)
    else:
        config = read_config(files[CONFIG].parent)
        check_shape(entry, config, files[CONFIG])
        tensors = read_file(converted(weights, scratch).parent if pickled else weights.parent)
    check_tokenizer(tokenizer_read, config, words)
    encoder, head, left_out = foreign.adopt(weights, config, tensors)
    encoder.keep_layers(entry.layers)
    if entry.dropout is not None:
        encoder.config = replace(
            encoder.config,
            hidden_dropout_prob=entry.dropout,
            attention_probs_dropout_prob=entry.dropout,
        )
    write_encoder(out, encoder, head)
    tokenizer_training.write_tokenizer(tokenizer_read, out)
    tokenizer_training.note_longest(out, config.max_tokens)
    return {
        "parameters": sum(p.numel() for m in (encoder, head) if m for p in m.parameters()),
        "masked_language_head": head is not None,
        "left_out": left_out,
        "converted": [file.name for file, was in ((weights, pickled), (words, pieces)) if was],
    }


def check_shape(entry: FetchedModel, config: EncoderConfig, file: Path) -> None:
    """Refuse a config that is not of the shape that the entry tells."""
    pairs = {key: (getattr(entry, key), getattr(config, name)) for key, name in SHAPE.items()}
    pairs["layers"] = (entry.checkpoint_layers or entry.layers, config.num_hidden_layers)
    wrong = [
        f"{key} {config_s}, not {entry_s}"
        for key, (entry_s, config_s) in pairs.items()
        if entry_s != config_s
    ]
    if wrong:
        raise UserError(f"{file} does not fit the model's entry: {'; '.join(wrong)}")


def check_tokenizer(tokenizer: Tokenizer, config: EncoderConfig, file: Path) -> None:
    """Refuse a tokenizer whose ids or token types the model has no rows for."""
    frame, last = read_special(tokenizer), max(tokenizer.get_vocab().values())
    if last >= config.vocab_size:
        raise UserError(f"{file} has token {last}, the model only {config.vocab_size} tokens")
    if frame.segments and config.type_vocab_size < 2:
        raise UserError(f"{file} tells two texts apart by token types, the model has but one")
    if config.architecture.counts_from_padding and frame.padding != config.pad_token_id:
        raise UserError(
            f"{file} pads with {frame.padding}, the config with {config.pad_token_id}, from which "
            f"{config.model_type} counts positions"
        )


def converted(file: Path, scratch: Path) -> Path:
    """The safetensors of a pickled checkpoint, made in a process of its own."""
    scratch.mkdir(parents=True, exist_ok=True)
    out = scratch / WEIGHTS[0]
    hold_binary(file, "a checkpoint of torch")
    command = [sys.executable, "-m", unpickle.__name__, str(file), str(out)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise UserError(f"{file} is refused: {' '.join(done.stderr.split()[-40:])}")
    return out
