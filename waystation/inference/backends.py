"""Engines that run a fine-tuned model's encoder; features, heads and decoding stay ours.

`unpadded` is the project's own encoder, `unpadded-bf16` the same in bfloat16. All others take
padded batches, as everywhere else: Transformers in eager mode or compiled, and graphs that
Transformers' exporters write, run by ONNX Runtime or OpenVINO in float32 or with weights and
activations of eight bits. OpenVINO takes bfloat16 where the processor has it, unless told
otherwise: here it is told.
"""

import importlib.util
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn

from waystation.base.errors import UserError, choose
from waystation.encoder.features import Feature, Packed, pack
from waystation.params.benchmark import UNPADDED, UNPADDED_BF16
from waystation.task_model import TaskModel

CALIBRATED_ON = 32  # batches that show the range of activations
NEEDS = {
    "onnxruntime": ("onnx", "onnxscript", "onnxruntime"),
    "onnxruntime-int8": ("onnx", "onnxscript", "onnxruntime"),
    "openvino": ("openvino",),
    "openvino-int8": ("openvino", "nncf"),
}

OURS = (UNPADDED, UNPADDED_BF16)
Run = Callable[[dict[str, Tensor]], Tensor]  # ids, mask and types (B, T) -> hidden (B, T, d)


@dataclass(frozen=True)
class Workbench:
    """What an engine is made with: a folder for its files, threads, and English batches to watch.

    `english` is needed by `openvino-int8` alone.
    """

    folder: Path
    threads: int
    english: Sequence[list[Feature]] = ()


class Padded(nn.Module):
    """An engine in the place of an encoder: rows of a packed batch in, rows of its states out."""

    def __init__(self, run: Run, model: TaskModel):
        super().__init__()
        self.run, self.config = run, model.encoder.config
        self.pad = model.encoder.config.pad_token_id
        self.device = model.encoder.device

    def forward(self, packed: Packed) -> Tensor:
        """(N, d) of the real tokens."""
        states = self.run(inputs(packed, self.pad))
        return states.flatten(0, 1)[packed.scatter]


def inputs(packed: Packed, pad: int) -> dict[str, Tensor]:
    """A padded batch as Transformers' models take one."""
    mask = torch.ones(packed.shape, dtype=torch.int64)
    if packed.mask is not None:
        mask = packed.mask[:, 0, 0].long()
    grids = {"input_ids": packed.ids[packed.gather].masked_fill(mask == 0, pad)}
    if packed.types is not None:
        grids["token_type_ids"] = packed.types[packed.gather] * mask
    return grids | {"attention_mask": mask}


def with_backend(model: TaskModel, task: str, name: str, bench: Workbench) -> TaskModel:
    """The model itself, or another whose encoder the engine runs; the heads are shared."""
    if choose(name, (*OURS, *ENGINES), "backend") in OURS:
        if name == UNPADDED_BF16:
            model.encoder.precision = torch.bfloat16
        return model
    check(name, model.encoder.device.type)
    theirs = transformers_model(model, task, bench.folder).to(model.encoder.device)
    other = copy(model)
    other._modules = dict(model._modules)  # a copy of a module shares the table of its parts
    other.pooled = None
    other.encoder = cast(Any, Padded(ENGINES[name](theirs, model, bench), model))
    return other.eval()


def check(name: str, device: str) -> None:
    """Raises UserError where an engine is not installed, or does not run on this device."""
    if absent := [need for need in NEEDS.get(name, ()) if not importlib.util.find_spec(need)]:
        raise UserError(f"backend {name!r} needs: pip install {' '.join(absent)}")
    if name in NEEDS and device != "cpu":
        raise UserError(f"backend {name!r} runs on the processor; device is {device!r}")


def transformers_model(model: TaskModel, task: str, folder: Path) -> Any:
    """Transformers' own encoder with the model's weights."""
    from transformers import AutoModel

    home = folder / "transformers"
    if not (home / "config.json").is_file():
        model.write(home, task, ())
    options: dict[str, Any] = {"attn_implementation": "eager", "dtype": torch.float32}
    return AutoModel.from_pretrained(home, **options).eval()


def eager(theirs: Any, model: TaskModel, bench: Workbench) -> Run:
    return lambda batch: theirs(**batch).last_hidden_state


def compiled(theirs: Any, model: TaskModel, bench: Workbench) -> Run:
    return eager(torch.compile(theirs, dynamic=True), model, bench)


def exported(
    theirs: Any, model: TaskModel, bench: Workbench, kind: str, quantizer: Any = None
) -> Path:
    """The file of a graph of any batch and length, written once."""
    from transformers.exporters import (
        OnnxConfig,
        OnnxExporter,
        OpenVINOConfig,
        OpenVINOExporter,
    )

    home = bench.folder / f"{kind}{'-int8' if quantizer else ''}"
    file = home / ("model.onnx" if kind == "onnx" else "openvino_model.xml")
    if not file.is_file():
        sample: dict[str, Any] = inputs(example(model), model.encoder.config.pad_token_id)
        with torch.no_grad():
            made = (
                OnnxExporter().export(
                    theirs,
                    sample,
                    OnnxConfig(dynamic=True, ort_fusions="cpu", quantizer=quantizer),
                )
                if kind == "onnx"
                else OpenVINOExporter().export(
                    theirs, sample, OpenVINOConfig(dynamic=True, quantizer=quantizer)
                )
            )
        made.save_pretrained(home)
    return file


def example(model: TaskModel) -> Packed:
    """Two sequences of two lengths, with types where the model has them."""
    typed = model.encoder.config.type_vocab_size > 1
    return Packed([[0, 5, 6, 7, 2], [0, 5, 2]], (3, 2) if typed else ())


def onnxruntime(theirs: Any, model: TaskModel, bench: Workbench, quantizer=None) -> Run:
    import onnxruntime as runtime

    options = runtime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = bench.threads, 1
    file = exported(theirs, model, bench, "onnx", quantizer)
    session = runtime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    taken = {entry.name for entry in session.get_inputs()}

    def run(batch: dict[str, Tensor]) -> Tensor:
        feed = {name: grid.numpy() for name, grid in batch.items() if name in taken}
        return torch.from_numpy(session.run(["last_hidden_state"], feed)[0])

    return run


def onnxruntime_int8(theirs: Any, model: TaskModel, bench: Workbench) -> Run:
    from transformers.exporters import OnnxRuntimeDynamicConfig, OnnxRuntimeQuantizer

    return onnxruntime(theirs, model, bench, OnnxRuntimeQuantizer(OnnxRuntimeDynamicConfig()))


def openvino(theirs: Any, model: TaskModel, bench: Workbench, quantizer=None) -> Run:
    import openvino as runtime

    file = exported(theirs, model, bench, "openvino", quantizer)
    options = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": bench.threads}
    graph = runtime.Core().compile_model(file, "CPU", options)
    taken = {name for entry in graph.inputs for name in entry.names}

    def run(batch: dict[str, Tensor]) -> Tensor:
        feed = {name: grid.numpy() for name, grid in batch.items() if name in taken}
        return torch.from_numpy(np.array(graph(feed)["last_hidden_state"]))

    return run


def openvino_int8(theirs: Any, model: TaskModel, bench: Workbench) -> Run:
    from transformers.exporters import NNCFOpenVINOQuantizer

    if not bench.english:
        raise UserError("backend 'openvino-int8' needs English batches to see activations")
    pad = model.encoder.config.pad_token_id
    seen = [inputs(pack(batch), pad) for batch in bench.english[:CALIBRATED_ON]]
    return openvino(theirs, model, bench, NNCFOpenVINOQuantizer(calibration_dataset=seen))


ENGINES: dict[str, Callable[..., Run]] = {
    "transformers": eager,
    "compile": compiled,
    "onnxruntime": onnxruntime,
    "onnxruntime-int8": onnxruntime_int8,
    "openvino": openvino,
    "openvino-int8": openvino_int8,
}
