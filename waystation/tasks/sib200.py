"""SIB-200: the topic of a sentence, of seven, in 205 languages; the sentences are FLORES-200's.

Adelani et al. 2024. Ids and labels are equal in all languages, and the test labels are the data
set's own. Configurations are named by language and script; a suite may list further ones by that
name (`ace_Arab`).

    {"index_id": 1523, "category": "science/technology", "text": "Die mutasieproses voeg ..."}
"""

from waystation.tasks import Task

CONFIGS = {
    "af": "afr_Latn", "am": "amh_Ethi", "ar": "arb_Arab", "az": "azj_Latn", "bg": "bul_Cyrl",
    "bn": "ben_Beng", "de": "deu_Latn", "el": "ell_Grek", "en": "eng_Latn", "es": "spa_Latn",
    "et": "est_Latn", "eu": "eus_Latn", "fa": "pes_Arab", "fi": "fin_Latn", "fr": "fra_Latn",
    "gu": "guj_Gujr", "he": "heb_Hebr", "hi": "hin_Deva", "ht": "hat_Latn", "hu": "hun_Latn",
    "id": "ind_Latn", "is": "isl_Latn", "it": "ita_Latn", "ja": "jpn_Jpan", "jv": "jav_Latn",
    "ka": "kat_Geor", "kk": "kaz_Cyrl", "ko": "kor_Hang", "lt": "lit_Latn", "ml": "mal_Mlym",
    "mr": "mar_Deva", "ms": "zsm_Latn", "my": "mya_Mymr", "nl": "nld_Latn", "pa": "pan_Guru",
    "pl": "pol_Latn", "pt": "por_Latn", "qu": "quy_Latn", "ro": "ron_Latn", "ru": "rus_Cyrl",
    "sw": "swh_Latn", "ta": "tam_Taml", "te": "tel_Telu", "th": "tha_Thai", "tl": "tgl_Latn",
    "tr": "tur_Latn", "uk": "ukr_Cyrl", "ur": "urd_Arab", "vi": "vie_Latn", "wo": "wol_Latn",
    "yo": "yor_Latn", "zh": "zho_Hans",
}  # fmt: skip
LABELS = (
    "entertainment", "geography", "health", "politics", "science/technology", "sports", "travel",
)  # fmt: skip


def config(language: str) -> str:
    return CONFIGS.get(language, language)


def example(row: dict, index: int, language: str) -> dict:
    return {"id": str(row["index_id"]), "first": row["text"], "label": row["category"]}


TASK = Task(
    __name__,
    type="classification",
    repository="Davlan/sib200",
    license="CC BY-SA 4.0",
    citation="Adelani et al. 2024, SIB-200, EACL, arXiv 2309.07445",
    splits={"train": "train", "validation": "validation", "test": "test"},
    languages=tuple(CONFIGS),
    any_language=True,
    columns={"index_id": int, "category": str, "text": str},
    config=config,
    example=example,
    rows={"train": 701, "validation": 99, "test": 204},
    characters=130,
    metrics=("accuracy",),
    labels=LABELS,
    chance_percent=100 / 7,
    trained_on="sib200",
)
