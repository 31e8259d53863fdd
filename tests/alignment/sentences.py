"""Made-up sentences, pairs of translations and vectors, for the tests of alignment."""

import torch

WORDS = "the farmer feed old horse barn Anna read book baker cut red onion kitchen"


def sentences(seed: int, count: int) -> list[str]:
    words = WORDS.split()
    draw = torch.randint(14, (count, 5), generator=torch.Generator().manual_seed(seed))
    return [" ".join(words[i] for i in row) for row in draw.tolist()]


def mining_rows(pairs: dict[str, str], foreign: list[str], english: list[str]) -> list[dict]:
    """Rows of gold pairs {foreign: English} and of sentences without a translation."""
    rows = []
    for number, (there, here) in enumerate(pairs.items()):
        names = f"x-{number}", f"en-{number}"
        rows.append({"id": names[0], "side": "foreign", "text": there, "pairs": [names[1]]})
        rows.append({"id": names[1], "side": "english", "text": here, "pairs": [names[0]]})
    for side, texts in (("foreign", foreign), ("english", english)):
        rows += [
            {"id": f"{side}-{i}", "side": side, "text": text, "pairs": []}
            for i, text in enumerate(texts)
        ]
    return rows


def gaussian(seed: int, *size: int) -> torch.Tensor:
    return torch.randn(*size, generator=torch.Generator().manual_seed(seed))
