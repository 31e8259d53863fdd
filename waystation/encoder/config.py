"""The families of encoders and the shape of one, as `config.json` tells it.

A config is read by an allow-list. A key that shapes the model is a field of `EncoderConfig`; one
that could change what it computes must have the value that is implemented here; one that changes
nothing is passed over; any other is refused, as nobody knows what it asks for.
"""

import dataclasses
from dataclasses import dataclass
from pathlib import Path

from waystation.base.errors import UserError, choose
from waystation.params.typed import BelowOne, Depth, Size, Small, Whole, build
from waystation.text_files import read_json


@dataclass(frozen=True)
class Architecture:
    """What tells one family from another; `defaults` hold where a config leaves a key out."""

    class_name: str  # of Transformers' classes, before `ForMaskedLM` and the like
    prefix: str  # before the names of the encoder's tensors
    masked_head: dict[str, str]  # part of the masked-language-modelling head -> its tensors' names
    defaults: dict[str, float]
    counts_from_padding: bool  # the first position is that behind the padding's
    pre_norm: bool  # norms stand before attention and feed-forward, and one at the end
    pooled: bool  # sequence classification reads the pooler


ROBERTA_HEAD = {name: f"lm_head.{name}" for name in ("dense", "layer_norm", "bias")}
BERT_HEAD = {
    "dense": "cls.predictions.transform.dense",
    "layer_norm": "cls.predictions.transform.LayerNorm",
    "bias": "cls.predictions.bias",
}
DROPOUT = {"hidden_dropout_prob": 0.1, "attention_probs_dropout_prob": 0.1}
ARCHITECTURES = {
    "xlm-roberta": Architecture(
        class_name="XLMRoberta",
        prefix="roberta.",
        masked_head=ROBERTA_HEAD,
        defaults=DROPOUT | {"layer_norm_eps": 1e-12, "type_vocab_size": 2, "pad_token_id": 1},
        counts_from_padding=True,
        pre_norm=False,
        pooled=False,
    ),
    "xlm-roberta-xl": Architecture(
        class_name="XLMRobertaXL",
        prefix="roberta.",
        masked_head=ROBERTA_HEAD,
        defaults=DROPOUT | {"layer_norm_eps": 1e-5, "type_vocab_size": 1, "pad_token_id": 1},
        counts_from_padding=True,
        pre_norm=True,
        pooled=False,
    ),
    "bert": Architecture(
        class_name="Bert",
        prefix="bert.",
        masked_head=BERT_HEAD,
        defaults=DROPOUT | {"layer_norm_eps": 1e-12, "type_vocab_size": 2, "pad_token_id": 0},
        counts_from_padding=False,
        pre_norm=False,
        pooled=True,
    ),
}


@dataclass(frozen=True)
class EncoderConfig:
    """The shape of an encoder, under the names of the Transformers `config.json`."""

    vocab_size: Size
    hidden_size: Size
    num_hidden_layers: Depth
    num_attention_heads: Size
    intermediate_size: Size
    max_position_embeddings: Size
    hidden_dropout_prob: BelowOne = 0.0
    attention_probs_dropout_prob: BelowOne = 0.0
    layer_norm_eps: Small = 1e-5
    initializer_range: Small = 0.02
    type_vocab_size: Size = 1
    pad_token_id: Whole = 1
    model_type: str = "xlm-roberta"

    @property
    def architecture(self) -> Architecture:
        return ARCHITECTURES[self.model_type]

    @property
    def first_position(self) -> int:
        """The row of the position table that a sequence's first token takes."""
        return self.pad_token_id + 1 if self.architecture.counts_from_padding else 0

    @property
    def max_tokens(self) -> int:
        """Longest sequence in tokens; the rows below the first position are never used."""
        return self.max_position_embeddings - self.first_position


# What the encoder does; another value asks for something that it does not.
IMPLEMENTED = {
    "hidden_act": "gelu",
    "position_embedding_type": "absolute",
    "tie_word_embeddings": True,
    "classifier_dropout": None,
    "is_decoder": False,
    "is_encoder_decoder": False,
    "add_cross_attention": False,
    "cross_attention_hidden_size": None,
    "chunk_size_feed_forward": 0,
    "pruned_heads": {},
    "tie_encoder_decoder": False,
}
# What tells where a model comes from, how it was trained, what its user wants returned, or how a
# decoder generates. So does every key that begins with `_`: Transformers keeps those for itself.
# An unknown key without a value asks for nothing.
INERT = {
    "architectures", "bad_words_ids", "begin_suppress_tokens", "bos_token_id", "cls_token_id",
    "decoder_start_token_id", "directionality", "diversity_penalty", "do_sample", "dtype",
    "early_stopping", "encoder_no_repeat_ngram_size", "eos_token_id",
    "exponential_decay_length_penalty", "finetuning_task", "forced_bos_token_id",
    "forced_eos_token_id", "gradient_checkpointing", "id2label", "label2id", "length_penalty",
    "mask_token_id", "max_length", "min_length", "no_repeat_ngram_size", "num_beam_groups",
    "num_beams", "num_labels", "num_return_sequences", "output_attentions",
    "output_hidden_states", "output_past", "output_scores", "pooler_fc_size",
    "pooler_num_attention_heads", "pooler_num_fc_layers", "pooler_size_per_head", "pooler_type",
    "prefix", "problem_type", "remove_invalid_values", "repetition_penalty", "return_dict",
    "return_dict_in_generate", "sep_token_id", "suppress_tokens", "task_specific_params",
    "temperature", "tf_legacy_loss", "tokenizer_class", "top_k", "top_p", "torch_dtype",
    "torchscript", "transformers.js_config", "transformers_version", "typical_p", "unk_token_id",
    "use_bfloat16", "use_cache",
}  # fmt: skip


def read_config(folder: Path) -> EncoderConfig:
    """Read `config.json`; a key or value that is not implemented is named."""
    path = folder / "config.json"
    if not path.is_file():
        raise UserError(f"no encoder in {folder}: {path.name} is missing")
    stored = read_json(path, dict)
    kind = choose(str(stored.get("model_type")), ARCHITECTURES, f"model_type in {path}:")
    fields = [field.name for field in dataclasses.fields(EncoderConfig)]
    for key, value in stored.items():
        if key in IMPLEMENTED and value != IMPLEMENTED[key]:
            raise UserError(f"{path}: {key} is {value!r}, implemented: {IMPLEMENTED[key]!r}")
    harmless = {key for key, value in stored.items() if key.startswith("_") or value is None}
    unknown = sorted(stored.keys() - IMPLEMENTED.keys() - INERT - harmless - set(fields))
    if unknown:
        raise UserError(
            f"{path}: unknown keys {', '.join(unknown)}; they may change what the model computes. "
            f"One that does not belongs into INERT in waystation/encoder/config.py"
        )
    values = ARCHITECTURES[kind].defaults | {key: stored[key] for key in fields if key in stored}
    config = build(EncoderConfig, values, str(path))
    check_shape(path, config)
    return config


def check_shape(path: Path, config: EncoderConfig) -> None:
    """Refuse numbers that no encoder has together."""
    if config.hidden_size % config.num_attention_heads:
        raise UserError(
            f"{path}: hidden_size {config.hidden_size} is no multiple of num_attention_heads "
            f"{config.num_attention_heads}"
        )
    if config.pad_token_id >= config.vocab_size or config.max_tokens < 1:
        raise UserError(
            f"{path}: pad_token_id {config.pad_token_id} does not fit vocab_size "
            f"{config.vocab_size} and max_position_embeddings {config.max_position_embeddings}"
        )
