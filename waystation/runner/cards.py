"""The CUDA cards of this machine."""

import os
import subprocess
from collections.abc import Iterable

# Of a card, for a stage: XLM-R large trains in 17 at most. Alone it leaves the card idle for two
# thirds of the time; of four at once each had 0.6 to 0.8 of the speed (H100).
STAGE_GIB = 20


def cards() -> dict[str, float]:
    """{name for `CUDA_VISIBLE_DEVICES`: GiB} of the CUDA cards that stages may use."""
    query = ["nvidia-smi", "--query-gpu=index,uuid,memory.total", "--format=csv,noheader,nounits"]
    try:
        listed = subprocess.run(query, capture_output=True, text=True)
    except FileNotFoundError:
        return {}
    rows = [line.split(", ") for line in listed.stdout.splitlines() if listed.returncode == 0]
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    chosen = [index for index, *_ in rows] if visible is None else visible.split(",")
    return {  # a card that shares the machine's memory has no number
        name: float(mebibytes) / 1024 if mebibytes.isdecimal() else STAGE_GIB
        for name in chosen
        for index, uuid, mebibytes in rows
        if name and (name == index or uuid.startswith(name))
    }


class Cards:
    """Which stages run on which card."""

    def __init__(self, names: Iterable[str]):
        self.stages: dict[str, list[str]] = {name: [] for name in names}

    def take(self, stage: str) -> str | None:
        """The card with the fewest stages, now with this one too; None without cards."""
        if not self.stages:
            return None
        card = min(self.stages, key=lambda card: len(self.stages[card]))
        self.stages[card].append(stage)
        return card

    def release(self, stage: str) -> None:
        for stages in self.stages.values():
            if stage in stages:
                stages.remove(stage)
