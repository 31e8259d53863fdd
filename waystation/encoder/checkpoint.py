"""Checkpoints of encoders and heads in the Transformers layout."""

import json
from dataclasses import asdict
from pathlib import Path

import torch
from torch import Tensor, nn

from waystation.base.errors import UserError
from waystation.encoder import word_rows
from waystation.encoder.config import EncoderConfig, read_config
from waystation.encoder.encoder import Encoder, MaskedLanguageHead
from waystation.text_files import hold_binary

FLOATS = (torch.float32, torch.float64, torch.float16, torch.bfloat16)


def stored_names(module: nn.Module, config: EncoderConfig) -> dict[str, str]:
    """{name of a tensor in an encoder or a head: its name in the checkpoint}.

    The pooler, which is part of some heads, stands among the encoder's tensors.
    """
    family = config.architecture

    def stored(name: str) -> str:
        first, dot, rest = name.partition(".")
        if isinstance(module, MaskedLanguageHead):
            return family.masked_head[first] + dot + rest
        return family.prefix + name if isinstance(module, Encoder) or first == "pooler" else name

    return {name: stored(name) for name in module.state_dict()}


def write_checkpoint(
    folder: Path,
    encoder: Encoder,
    head: nn.Module | None,
    task_class: str,
    trained_from: Path | None = None,
    **extra,
) -> None:
    """Write `config.json` and `model.safetensors` as Transformers lays them out.

    `task_class` is the end of the name of the class that loads them (`ForMaskedLM`); `extra` goes
    into the config. Of the word embeddings only what differs from those of the encoder in
    `trained_from` is stored, where one is named.
    """
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    config = {
        "architectures": [encoder.config.architecture.class_name + task_class],
        **asdict(encoder.config),
        "hidden_act": "gelu",
        "tie_word_embeddings": True,
        **extra,
    }
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    tensors: dict[str, Tensor] = {}
    for module in (encoder, head) if head else (encoder,):
        names, own = stored_names(module, encoder.config), module.state_dict()
        tensors |= {names[name]: own[name].detach().cpu().contiguous() for name in own}
    if trained_from:
        name = words_name(encoder.config)
        tensors |= word_rows.apart(name, tensors.pop(name), read_words(trained_from))
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def write_encoder(folder: Path, encoder: Encoder, head: MaskedLanguageHead | None) -> None:
    """Write an encoder with its masked-language-modelling head, if it has one."""
    write_checkpoint(folder, encoder, head, "ForMaskedLM" if head else "Model")


def read_encoder(folder: Path) -> tuple[Encoder, MaskedLanguageHead | None]:
    """Read an encoder and its masked-language-modelling head; every tensor must fit.

    The head is None where the checkpoint has none of its tensors.
    """
    return fill(folder / "model.safetensors", read_config(folder), read_file(folder))


def fill(
    file: Path, config: EncoderConfig, tensors: dict[str, Tensor]
) -> tuple[Encoder, MaskedLanguageHead | None]:
    """An encoder and its head from the tensors of a file."""
    with torch.device("meta"):  # nothing is drawn, nor allocated before the shapes are checked
        encoder, head = Encoder(config), MaskedLanguageHead(config)
    load(file, tensors, config, encoder)
    if tensors.keys().isdisjoint(stored_names(head, config).values()):
        return encoder, None
    load(file, tensors, config, head)
    return encoder, head


def read_file(folder: Path) -> dict[str, Tensor]:
    """The tensors of `model.safetensors`; a missing or cut file is named."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    file = folder / "model.safetensors"
    if not file.is_file():
        raise UserError(f"no weights: {file} is missing")
    hold_binary(file, "safetensors")
    try:
        return load_file(file)
    except SafetensorError as problem:
        raise UserError(f"{file} is not a whole safetensors file: {problem}") from None


def words_name(config: EncoderConfig) -> str:
    """Of the word embeddings in a checkpoint."""
    return f"{config.architecture.prefix}embeddings.word_embeddings.weight"


def read_words(folder: Path) -> Tensor:
    """The word embeddings (V, d) of the encoder in a folder, in float32."""
    file, name = folder / "model.safetensors", words_name(read_config(folder))
    tensors = read_file(folder)
    if name not in tensors:
        raise UserError(f"{file} lacks {name}")
    return tensors[name].to(torch.float32)


def load(file: Path, tensors: dict[str, Tensor], config: EncoderConfig, *modules) -> None:
    """Fill modules with the tensors of a file, as float32; one that is missing, misshapen, of
    another kind or not finite is named."""
    for module in modules:
        names, own = stored_names(module, config), module.state_dict()
        missing = sorted(name for name in names.values() if name not in tensors)
        if missing:
            raise UserError(f"{file} lacks {', '.join(missing[:5])}")
        for name, tensor in own.items():
            hold_tensor(file, names[name], tensors[names[name]], tensor.shape)
        if any(tensor.is_meta for tensor in own.values()):
            module.to_empty(device="cpu")
        module.load_state_dict({name: tensors[names[name]] for name in own})  # casts to float32


def hold_tensor(file: Path, name: str, tensor: Tensor, shape: torch.Size) -> None:
    """Refuse a tensor of another shape, one of whole numbers, and one that is not finite."""
    if tensor.shape != shape:
        raise UserError(
            f"{file}: {name} has shape {tuple(tensor.shape)}, the config asks for {tuple(shape)}"
        )
    if tensor.dtype not in FLOATS:  # of fewer bits they need scales that nobody applies here
        allowed = ", ".join(str(kind).removeprefix("torch.") for kind in FLOATS)
        raise UserError(f"{file}: {name} is of {tensor.dtype}; allowed: {allowed}")
    finite = torch.isfinite(tensor.to(torch.float32))
    if not finite.all():
        number = int((~finite).sum())
        raise UserError(f"{file}: {name} has {number:,} of {tensor.numel():,} numbers not finite")
