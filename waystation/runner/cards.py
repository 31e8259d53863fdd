"""The CUDA cards of this machine."""

import os
import subprocess

# Of a card, for a stage: XLM-R large trains in 17 at most. Alone it leaves the card idle for two
# thirds of the time; of four at once each had 0.6 to 0.8 of the speed (H100).
STAGE_GIB = 20


def cards() -> dict[str, float]:
    """{name for `CUDA_VISIBLE_DEVICES`: GiB} of the CUDA cards that stages may use."""
    query = ["nvidia-smi", "--query-gpu=index,uuid,memory.total", "--format=csv,noheader,nounits"]
    try:
        told = subprocess.run(query, capture_output=True, text=True)
    except FileNotFoundError:
        return {}
    rows = [line.split(", ") for line in told.stdout.splitlines() if told.returncode == 0]
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    chosen = [index for index, *_ in rows] if visible is None else visible.split(",")
    return {  # a card that shares the machine's memory tells no number
        name: float(mebibytes) / 1024 if mebibytes.isdecimal() else STAGE_GIB
        for name in chosen
        for index, uuid, mebibytes in rows
        if name and (name == index or uuid.startswith(name))
    }
