"""Pretrain a small XLM-R from scratch by masked language modelling on the suite's raw text.

The masking is BERT's (`waystation.heads.masked_language_modelling`). Logits are computed for
the chosen rows only. The result loads with `AutoModelForMaskedLM`.
"""

import shutil

from waystation.base.errors import choose
from waystation.encoder import device
from waystation.encoder.checkpoint import write_encoder
from waystation.encoder.tokenizer_training import note_longest
from waystation.files import write_json
from waystation.frame.stage import stage
from waystation.training.pretraining import pretrain
from waystation.training.workplace import Workplace


def main() -> None:
    with stage(
        __doc__,
        options=["model"],
        inputs=["code", "text", "tokenizer"],
        outputs=["out", "metrics"],
        params=["threads", "device", "precision", "pretrain", "models.{model}"],
    ) as run:
        device.use(run.settings)
        name = run.options.model
        choose(name, run.settings.origins.scratch, "model", f"{run.settings.file}: origins.scratch")
        entry, knobs = run.params[f"models.{name}"], run.params["pretrain"]
        workplace = Workplace(
            name,
            run.inputs["text"].parent,
            run.inputs["tokenizer"],
            run.scratch,
            run.settings,
            run.settings.evaluate,
        )
        model, trained = pretrain(knobs, entry, run.inputs["text"], workplace)
        write_encoder(run.outputs["out"], model.encoder, model.head)
        for file in ("tokenizer.json", "tokenizer_config.json"):
            shutil.copy(run.inputs["tokenizer"] / file, run.outputs["out"])
        note_longest(run.outputs["out"], model.encoder.config.max_tokens)
        size = sum(p.numel() for p in model.parameters())
        made = {"parameters": size, "curve": trained.curve, "made_from": run.made_from()}
        write_json(run.outputs["metrics"], made)
        last = trained.curve[-1]["loss_nats"]
        run.made = f"{size:,} parameters, loss {last:.2f} nats after {knobs.steps}"


if __name__ == "__main__":
    main()
