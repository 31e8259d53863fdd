"""Rows of retrieval, mining and raw text."""

from tests.tasks.rows import Case

FOREIGN, ENGLISH = "Maria sagte nichts .", "Mary said nothing ."
PAIR = "<s> Maria sagte nichts . </s> <s> Mary said nothing . </s>"
SIDES = [{"id": "0", "foreign": FOREIGN, "english": ENGLISH}]
CONTEXT = "Rome fell . Who knew ? The city stood on hills ."
HILLS = "The city stood on hills ."
QUESTION = "where did Rome stand ?"
GERMAN = "Rom fiel . Die Stadt stand auf sieben Hügeln ."
MENTION = {
    "mention_id": "en-1",
    "left": "she was  born in",
    "mention": "Rome",
    "right": ", the capital",
    "entity": "Q220",
    "title": "Roma",
    "description": "largest  city of Italy",
}
ASKED = "Rome . she was born in Rome , the capital"
DESCRIBED = "Roma . largest city of Italy"


def tatoeba(where: str, scored: str, language: str) -> Case:
    return Case(
        where=where,
        scored=scored,
        language=language,
        split="test",
        rows=[{"sentence1": FOREIGN, "sentence2": ENGLISH, "lang": "deu-eng"}],
        examples=SIDES,
        sequences=[PAIR],
        target=0,
        lines=["0"],
    )


def bucc(split: str, scored: str, lines: list[str]) -> Case:
    """The source's split that is the test."""
    return Case(
        where=", ".join(f"local/bucc2018 de-en.{table} {split}" for table in ("gold", "de", "en")),
        scored=scored,
        language="de",
        split="test",
        rows={
            "gold": [
                {"source_id": "de-1", "target_id": "en-7"},
                {"source_id": "de-1", "target_id": "en-8"},
            ],
            "foreign": [{"id": "de-1", "text": FOREIGN}, {"id": "de-2", "text": "allein"}],
            "english": [{"id": "en-7", "text": ENGLISH}, {"id": "en-8", "text": "she kept quiet"}],
        },
        examples=[
            {"id": "de-1", "side": "foreign", "text": FOREIGN, "pairs": ["en-7", "en-8"]},
            {"id": "de-2", "side": "foreign", "text": "allein", "pairs": []},
            {"id": "en-7", "side": "english", "text": ENGLISH, "pairs": ["de-1"]},
            {"id": "en-8", "side": "english", "text": "she kept quiet", "pairs": ["de-1"]},
        ],
        lines=lines,
    )


CASES = {
    "tatoeba": tatoeba("mteb/tatoeba-bitext-mining deu-eng test", "accuracy, as tatoeba", "de"),
    "sib200_pairs": Case(
        where="Davlan/sib200 deu_Latn test, Davlan/sib200 eng_Latn test",
        scored="accuracy",
        language="de",
        split="test",
        rows={
            "foreign": [{"index_id": 7, "category": "travel", "text": FOREIGN}],
            "english": [
                {"index_id": 8, "category": "health", "text": "another one"},
                {"index_id": 7, "category": "travel", "text": ENGLISH},
            ],
        },
        examples=[SIDES[0] | {"id": "7"}],
        sequences=[PAIR],
        target=0,
        lines=["0"],
    ),
    "pud_pairs": Case(
        where="local/ud_pud de test, local/ud_pud en test",
        scored="accuracy",
        language="de",
        split="test",
        rows={
            "foreign": [{"sent_id": "n01001011", "text": FOREIGN}],
            "english": [
                {"sent_id": "n01001013", "text": "another one"},
                {"sent_id": "n01001011", "text": ENGLISH},
            ],
        },
        examples=[SIDES[0] | {"id": "n01001011"}],
        sequences=[PAIR],
        target=0,
        lines=["0"],
    ),
    "lareqa_pairs": Case(
        where="google-research-datasets/xquad_r de validation, "
        "google-research-datasets/xquad_r en validation",
        scored="accuracy",
        language="de",
        split="test",
        rows={
            "foreign": [{"id": "56beb434", "question": FOREIGN, "answers": {}}],
            "english": [
                {"id": "56beb435", "question": "another one", "answers": {}},
                {"id": "56beb434", "question": ENGLISH, "answers": {}},
            ],
        },
        examples=[SIDES[0] | {"id": "56beb434"}],
        sequences=[PAIR],
        target=0,
        lines=["0"],
    ),
    "tatoeba_r": tatoeba(
        "mteb/tatoeba-bitext-mining pol-eng test",
        "accuracy, after squad_v1, as xtreme-r/tatoeba",
        "pl",
    ),
    "tatoeba_xtreme": Case(
        where="google/xtreme tatoeba.deu validation",
        scored="accuracy",
        language="de",
        split="test",
        rows=[
            {
                "source_sentence": "Maria ist Nummer 1\n",
                "target_sentence": "Mary is number 1\n",
                "source_lang": "deu",
                "target_lang": "eng",
            }
        ],
        examples=[{"id": "0", "foreign": "Maria ist Nummer 1", "english": "Mary is number 1"}],
        sequences=["<s> Maria ist Nummer 1 </s> <s> Mary is number 1 </s>"],
        target=0,
    ),
    "bucc_gold": Case(
        where="google/xtreme bucc18.de validation",
        scored="accuracy",
        language="de",
        split="validation",
        rows=[
            {
                "source_sentence": f" {FOREIGN}\n",
                "target_sentence": f"{ENGLISH}\t ",
                "source_lang": "de-000000057",
                "target_lang": "en-000008530",
            }
        ],
        examples=SIDES,
        sequences=[PAIR],
        target=0,
    ),
    "bucc": bucc("test", "nothing, as bucc2018", ["de-1\ten-7", "de-1\ten-8"]),
    "bucc_sample": bucc("validation", "nothing", []),
    "squad_retrieval": Case(
        where="rajpurkar/squad plain_text train",
        scored="map_at_20, after squad_retrieval",
        rows=[
            {
                "id": "q-1",
                "title": "Rome",
                "context": CONTEXT,
                "question": QUESTION,
                "answers": {"text": ["on hills", "fell"], "answer_start": [38, 5]},
            }
        ],
        examples=[
            {
                "id": "q-1",
                "query": QUESTION,
                "key": "en:9e571fecd8c3/2",
                "candidate": HILLS,
                "candidates": [
                    {"key": "en:9e571fecd8c3/0", "text": "Rome fell ."},
                    {"key": "en:9e571fecd8c3/1", "text": "Who knew ?"},
                    {"key": "en:9e571fecd8c3/2", "text": HILLS},
                ],
            }
        ],
        sequences=[f"<s> {QUESTION} </s> <s> {HILLS} </s>"],
        target="en:9e571fecd8c3/2",
    ),
    "lareqa": Case(
        where="google-research-datasets/xquad_r de validation, local/lareqa de validation",
        scored="map_at_20, after squad_retrieval, as lareqa",
        language="de",
        split="test",
        rows={
            "questions": [
                {
                    "id": "q-2",
                    "context": "another text, not read",
                    "question": "wo stand Rom ?",
                    "answers": {"text": ["sieben Hügeln"], "answer_start": [33]},
                }
            ],
            "paragraphs": [
                {"context": "x", "id": ["q-9"], "sentence_breaks": [[0, 1]], "sentences": ["x"]},
                {
                    "context": GERMAN,
                    "id": ["q-2", "q-3"],
                    "sentence_breaks": [[0, 10], [11, 46]],
                    "sentences": ["not", "read"],
                },
            ],
        },
        examples=[
            {
                "id": "q-2",
                "query": "wo stand Rom ?",
                "key": "de:3f7fe7117c56/1",
                "candidate": "Die Stadt stand auf sieben Hügeln .",
                "candidates": [
                    {"key": "de:3f7fe7117c56/0", "text": "Rom fiel ."},
                    {"key": "de:3f7fe7117c56/1", "text": "Die Stadt stand auf sieben Hügeln ."},
                ],
            }
        ],
        sequences=["<s> wo stand Rom ? </s> <s> Die Stadt stand auf sieben Hügeln . </s>"],
        target="de:3f7fe7117c56/1",
        lines=['{\n "q-2": [\n  "de:3f7fe7117c56/1"\n ]\n}'],
    ),
    "mewslix_pairs": Case(
        where="local/mewslix wikipedia_pairs train",
        scored="map_at_20, after mewslix_pairs",
        rows=[MENTION],
        examples=[
            {
                "id": "en-1",
                "query": ASKED,
                "key": "Q220",
                "candidate": DESCRIBED,
                "candidates": [{"key": "Q220", "text": DESCRIBED}],
            }
        ],
        sequences=[f"<s> {ASKED} </s> <s> {DESCRIBED} </s>"],
        target="Q220",
    ),
    "mewslix": Case(
        where="local/mewslix de test",
        scored="map_at_20, after mewslix_pairs, among mewslix_entities, as mewslix",
        language="de",
        split="test",
        rows=[
            {
                "mention_id": "de-17",
                "left": "er reiste nach",
                "mention": "Rom",
                "right": "und blieb dort",
                "entity": "Q220",
            }
        ],
        examples=[
            {"id": "de-17", "query": "Rom . er reiste nach Rom und blieb dort", "key": "Q220"}
        ],
        sequences=["<s> Rom . er reiste nach Rom und blieb dort </s>"],
        lines=['{\n "de-17": [\n  "Q220"\n ]\n}'],
    ),
    "mewslix_entities": Case(
        where="local/mewslix candidate_entities test",
        scored="nothing",
        language="it",
        split="test",
        rows=[
            {"entity": "Q1", "language": "de", "title": "All", "description": "alles"},
            {
                "entity": "Q220",
                "language": "it",
                "title": "Roma",
                "description": "capitale  d' Italia",
            },
        ],
        examples=[
            {"id": "Q220", "candidates": [{"key": "Q220", "text": "Roma . capitale d' Italia"}]}
        ],
        dropped={"another language": 1},
        sequences=["<s> Roma . capitale d' Italia </s>"],
    ),
    "text": Case(
        where="local/multilingual-text de train",
        scored="nothing",
        language="de",
        rows=[{"text": "ab 2004 lief er"}],
        examples=[{"id": "0", "text": "ab 2004 lief er"}],
        sequences=["<s> ab 2004 lief er </s>"],
    ),
}
