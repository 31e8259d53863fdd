"""Which layer of an encoder a sentence's vector is taken from: 0 the embeddings, L the last one."""

from collections.abc import Sequence

from waystation.base.errors import UserError

# XTREME's for Tatoeba, by depth: scripts/run_tatoeba.sh counts from 0 after the embeddings, 13 of
# 24 and 7 of 12. Phang et al. take hidden_states[14] of 24 too, also for BUCC.
PROTOCOL = {24: 14, 12: 8}


def protocol(depth: int) -> int:
    """The layer of the original protocol; for depths that it does not know, the relative one."""
    return PROTOCOL.get(depth, relative(depth))


def relative(depth: int) -> int:
    """The layer as deep as 14 of 24: 7 of 12."""
    return round(depth * 14 / 24)


def searched(wanted: str | Sequence[int], depth: int) -> list[int]:
    """The layers of `align.mining_layers`: all, the protocol's, or a list and the protocol's."""
    if wanted == "all":
        return list(range(depth + 1))
    listed = [] if isinstance(wanted, str) else wanted  # `protocol` lists none
    unknown = [layer for layer in listed if not 0 <= layer <= depth]
    if unknown:
        raise UserError(f"align.mining_layers: no layer {unknown[0]}; allowed: 0 to {depth}")
    return sorted({protocol(depth), *listed})


def developed(languages: dict[str, dict], development: Sequence[str], suffix: str) -> dict | None:
    """Per measure the layer that is best on the development languages, averaged; of equal ones the
    lowest. It is for the other languages: none is scored at a layer that it has helped to choose.

    languages: {code: {"layers": [{"layer", measure: percent, ...}, ...]}}; measures are those whose
    names end in `suffix`. None where the task has none of the development languages, or no other.
    """
    chosen_on = [code for code in languages if code in development]
    scored_on = [code for code in languages if code not in development]
    if not chosen_on or not scored_on:
        return None
    curves = [languages[code]["layers"] for code in chosen_on]
    chosen = {}
    for measure in (name for name in curves[0][0] if name.endswith(suffix)):
        sums = {
            entries[0]["layer"]: sum(entry[measure] for entry in entries)
            for entries in zip(*curves, strict=True)
        }
        chosen[measure] = max(sums, key=lambda layer: (sums[layer], -layer))
    return {"chosen_on": chosen_on, "scored_on": scored_on, "layers": chosen}
