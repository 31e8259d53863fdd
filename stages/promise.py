"""Score what each intermediate task promises each target, before any intermediate training.

The encoder stays as it was pretrained. `waystation.transferability.promises` says by what; the
report holds the scores against what the grid's recipes gained. The rows that stand for a target are
none of those that stand for an intermediate task of the same name.
"""

from waystation.base.progress import progress
from waystation.data import examples
from waystation.encoder import device
from waystation.encoder.checkpoint import read_encoder
from waystation.encoder.tokenizer import read_tokenizer
from waystation.files import write_json
from waystation.frame.plan_file import read_plan
from waystation.frame.stage import stage
from waystation.grid.promise_plan import PromisePlan
from waystation.transferability.labelled import Seen, drawn, see
from waystation.transferability.promises import promises


def main() -> None:
    with stage(
        __doc__,
        options=["model"],
        inputs=["code", "plan", "pretrained"],
        planned=["tasks"],
        outputs=["out"],
        params=["threads", "device", "precision", "evaluate", "promise"],
    ) as run:
        device.use(run.settings)
        plan = read_plan(run, PromisePlan)
        encoder = device.place(read_encoder(run.inputs["pretrained"])[0], run.settings).eval()
        tokenizer = read_tokenizer(run.inputs["pretrained"])
        asked = [(False, name, lengths) for name, lengths in plan.sources.items()]
        asked += [(True, name, lengths) for name, lengths in plan.targets.items()]
        seen: dict[bool, dict[str, Seen]] = {False: {}, True: {}}  # by whether it is a target's
        count, batch = run.settings.promise.rows, run.settings.evaluate.batch_tokens
        what = f"promise {run.options.model}"
        for is_target, name, lengths in progress(asked, len(asked), what, "tasks"):
            folder = run.inputs["tasks"] / name
            task, rows = examples.read_description(folder), drawn(folder, count, is_target)
            seen[is_target][name] = see(encoder, tokenizer, task, rows, lengths, batch)
        scores = promises(seen[False], seen[True]) if plan.sources else {}
        made = {"model": run.options.model, "rows": count, "scores": scores}
        write_json(run.outputs["out"], made | {"made_from": run.made_from()})
        run.made = f"{len(plan.sources)} intermediate tasks, {len(plan.targets)} tasks of targets"


if __name__ == "__main__":
    main()
