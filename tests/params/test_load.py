"""Parameters: typed, frozen; what is wrong is named with what is allowed."""

import copy
import dataclasses

import pytest
import yaml

from tests.conftest import ROOT
from waystation.base.errors import UserError
from waystation.grid.cells import all_cells
from waystation.params.load import load_settings
from waystation.params.models import FetchedModel
from waystation.params.typed import build


def load(tmp_path, params):
    file = tmp_path / "params.yaml"
    file.write_text(yaml.safe_dump(params, sort_keys=False))
    return load_settings(file)


def changed(params, key, value):
    """A copy of the parameters with a dotted key set, or removed if the value is ..."""
    params = copy.deepcopy(params)
    *path, last = key.split(".")
    place = params
    for part in path:
        place = place[part]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return params


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("pretrain.step", 5, r"pretrain: unknown key 'step'; allowed: steps, batch_size"),
        ("pretrain.steps", ..., r"pretrain: missing key 'steps'; needed: steps"),
        ("pretrain.steps", "many", r"pretrain\.steps: expected int, got str 'many'"),
        ("pretrain.steps", 1.5, r"pretrain\.steps: expected int, got float 1\.5"),
        ("pretrain.steps", True, r"pretrain\.steps: expected int, got bool True"),
        ("seeds", 3, r"seeds: expected a list, got int 3"),
        ("seeds", [1, 1], r"seeds: a value stands twice"),
        ("recipes", ["none", 3], r"recipes\[1\]: expected str, got int 3"),
        ("models.nano.layers", None, r"models\.nano\.layers: expected int, got NoneType"),
        ("world.languages.qda.case", "no", r"case: expected bool, got str 'no'"),
        ("target.tasks.mnli", {"epoch": 3}, r"target\.tasks\.mnli: unknown key 'epoch'; allowed"),
        ("tasks.xnli", {"dev": 3}, r"tasks\.xnli: unknown key 'dev'; allowed: languages, train"),
        ("nonsense", 1, r"unknown key 'nonsense'; allowed: root, file, suite"),
        ("pretrain.steps", 0, r"pretrain\.steps: allowed: 1 to 10\*\*9, got 0"),
        ("target.epochs", -1, r"target\.epochs: allowed: above 0, at most 10\*\*6, got -1"),
        ("pretrain.mask_rate", 1.5, r"mask_rate: allowed: 0 to 1, got 1\.5"),
        ("tasks.xnli", {"test": 0}, r"tasks\.xnli\.test: allowed: 1 to 10\*\*9, got 0"),
        ("target.tasks.mnli", {"train_examples": 0}, r"train_examples: allowed: 1 to 10\*\*9"),
        ("seeds", [], r"seeds: allowed: at least one, got \[\]"),
        ("models", {}, r"models: allowed: at least one, got \{\}"),
        ("models.pico.heads", 3, r"hidden 64 is not a multiple of heads 3"),
        ("target.max_tokens", 256, r"positions 130 are room for 128 tokens, target\.tasks\.mnli"),
        ("report.baseline", "nonee", r"report\.baseline: unknown name 'nonee'; allowed: random"),
        ("world.translated", ["foo"], r"world\.translated: unknown name 'foo'; allowed: mnli, sq"),
        ("world.translated", ["ccg"], r"world\.translated: unknown name 'ccg'; allowed: mnli, sq"),
        (
            "generators",
            ["wrld"],
            r"params\.yaml, line 18: generators: unknown name 'wrld'; allowed: world",
        ),
        (
            "target.tasks.mnli.translations",
            "foo",
            r"mnli\.translations: unknown task 'foo'; allowed",
        ),
        ("target.tasks.mnli.serves", "foo", r"mnli\.serves: unknown task 'foo'; allowed: text"),
        ("target.tasks.mnli.learning_rate_by_model", {"foo": 1.0}, r"model: unknown name .foo"),
        ("target.tasks.mnli.learning_rate_by_model", {"nano": 0}, r"model\.nano: allowed: above 0"),
        ("world.rows.mnli", {"trian": 5}, r"world\.rows\.mnli: unknown split 'trian'; allowed: tr"),
        ("languages", ["en", "qdz"], r"languages: unknown name 'qdz'; allowed: en, qda"),
        ("intermediate.tasks.foo", {}, r"\.tasks: unknown name 'foo'; allowed: text, anli"),
        ("orders.other", ["foo"], r"orders\.other: unknown name 'foo'; allowed: text, anli"),
        ("align.development_languages", ["de"], r"languages: unknown name 'de'; allowed: en, qda"),
        ("align.tasks", ["foo"], r"align\.tasks: unknown name 'foo'; allowed: text, anli"),
        ("models.pico", ..., r"origins\.scratch: unknown model 'pico'; allowed: nano"),
        ("threads", 10**7, r"threads: allowed: 1 to 1024, got 10000000"),
        ("target.batch_size", 10**12, r"batch_size: allowed: 1 to 10\*\*9, got 1000000000000"),
        ("target.epochs", 1e12, r"epochs: allowed: above 0, at most 10\*\*6, got 1000000000000"),
        ("target.epochs", float("inf"), r"epochs: expected a finite number, got inf"),
        ("target.epochs", float("nan"), r"epochs: expected a finite number, got nan"),
        ("target.learning_rate", 0, r"target\.learning_rate: allowed: above 0, got 0"),
        ("seeds", [2**32], r"seeds\[0\]: allowed: 0 to 4294967295, got 4294967296"),
        ("seeds", [-1], r"seeds\[0\]: allowed: 0 to 4294967295, got -1"),
        ("world.seed", 2**32, r"world\.seed: allowed: 0 to 4294967295"),
        ("models.pico.dropout", 2, r"pico\.dropout: allowed: 0 to below 1, got 2"),
        ("models.pico.heads", 0, r"pico\.heads: allowed: 1 to 2\*\*24, got 0"),
        ("models.pico.layers", 10**6, r"pico\.layers: allowed: 1 to 1000, got 1000000"),
        ("models.pico.initializer_range", 1e308, r"range: allowed: above 0, at most 1, got 1e"),
        ("intermediate.mlm.max_tokens", 4, r"intermediate\.mlm has max_tokens 4; allowed: 8 and"),
        ("intermediate.mlm.max_tokens", 512, r"128 tokens, intermediate\.mlm has max_tokens 512"),
        ("align.mining_layers", [0, 99], r"pico has no layer 99; allowed: 0 to 2"),
        ("align.mining_layers", [True], r"mining_layers\[0\]: expected int, got bool True"),
        ("tasks.xnli", {"languages": []}, r"xnli\.languages: allowed: at least one, got \[\]"),
        ("tokenizer.kinds", ["unigram"], r"kinds\[0\]: allowed: word, bpe, got 'unigram'"),
        ("suite", "a/b", r"suite: allowed: letters, digits, - and _, at most 100 of them, got"),
        ("target.groups", {"a.b": ["mnli"]}, r"target\.groups\.a\.b: allowed: letters, digits"),
        ("orders", {1: ["mnli"]}, r"orders\.1: expected str, got int 1"),
        ("orders", {None: ["mnli"]}, r"orders\.None: expected str, got NoneType None"),
        ("multitask", {True: {"tasks": ["ccg"]}}, r"multitask\.True: expected str, got bool"),
        ("source", {"prefix": "x"}, r"missing key 'depends_on'; needed: prefix, depends_on, sam"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, params, key, value, message):
    with pytest.raises(UserError, match=message):
        load(tmp_path, changed(params, key, value))


def test_a_world_that_nothing_generates_speaks_no_part(tmp_path, params):
    params = changed(params, "align.development_languages", [])
    loaded = load(tmp_path, changed(changed(params, "generators", []), "languages", ["en", "de"]))
    assert loaded.languages == ("en", "de")


def test_settings_are_frozen(tmp_path, params):
    loaded = load(tmp_path, params)
    with pytest.raises(dataclasses.FrozenInstanceError):
        loaded.threads = 4


def test_whole_numbers_may_stand_for_floats(tmp_path, params):
    assert load(tmp_path, changed(params, "target.epochs", 4)).target.epochs == 4.0


def test_a_task_overrides_single_values(tmp_path, params):
    params = changed(params, "target.tasks.udpos", {"epochs": 7})
    loaded = load(tmp_path, params)
    assert loaded.target.tasks["udpos"].epochs == 7
    assert loaded.target.tasks["udpos"].batch_size == loaded.target.batch_size
    assert loaded.target.tasks["mnli"].epochs == loaded.target.epochs


def test_every_target_stands_in_one_group(tmp_path, params):
    alone = changed(params, "target.groups", {"mnli": ["mnli"]})
    with pytest.raises(UserError, match=r"target 'mnli_more' stands in 0 of target\.groups"):
        load(tmp_path, alone)
    odd = changed(params, "target.groups.mnli", ["mnly"])
    with pytest.raises(UserError, match=r"target\.groups: unknown target 'mnly'; allowed: mnli"):
        load(tmp_path, odd)


def test_the_grid_has_extra_recipes_for_some_models(tmp_path, params):
    params = changed(params, "recipes", ["none", "ccg"])
    loaded = load(tmp_path, changed(params, "extra", {"models": ["nano"], "recipes": ["mnli"]}))
    assert all_cells(loaded) == (
        *(("pico", "none"), ("pico", "ccg")),
        *(("nano", "none"), ("nano", "ccg"), ("nano", "mnli")),
    )
    with pytest.raises(UserError, match=r"extra\.recipes: ccg is in recipes too"):
        load(tmp_path, changed(params, "extra", {"models": ["nano"], "recipes": ["ccg"]}))


def test_extra_recipes_leave_targets_out(tmp_path, params):
    extra = {"models": ["nano"], "recipes": ["anli"], "without": ["mnli_more"]}
    loaded = load(tmp_path, changed(params, "extra", extra))
    every, left = (loaded.groups_of(recipe) for recipe in ("none", "anli"))
    assert every == loaded.target.groups
    assert set(every["sentences"]) - set(left["sentences"]) == {"mnli_more"}
    assert left["reading"] == every["reading"]
    whole = changed(params, "extra", extra | {"without": list(every["reading"])})
    with pytest.raises(UserError, match=r"leaves nothing of target\.groups\.reading"):
        load(tmp_path, whole)
    unknown = changed(params, "extra", extra | {"without": ["mnli_mor"]})
    with pytest.raises(UserError, match=r"extra\.without: unknown name 'mnli_mor'; allowed: "):
        load(tmp_path, unknown)


ENTRIES = yaml.safe_load((ROOT / "docs/models.yaml").read_text())
HUB = {"mbert": ENTRIES["bert-base-multilingual-cased"]}
NO_EXTRA = {"models": [], "recipes": []}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"origins.scratch": ["nano"]}, "model 'pico' stands in 0 of origins.scratch and origins"),
        ({"origins.hub": ["nano"]}, "models.nano does not fit origins.hub: a model of the hub has"),
        ({"origins.scratch": ["pico", "nana"]}, "origins.scratch: unknown model 'nana'; allowed"),
        ({"origins.hbu": []}, "origins: unknown key 'hbu'; allowed: scratch, hub"),
        ({"models.nano.repository": "a/b"}, r"models\.nano: unknown key 'repository'"),
        ({"models.nano": {"layers": 2}}, r"models\.nano: missing key 'hidden'; needed: layers"),
        ({"models.nano": None}, r"models\.nano: missing key 'layers'; needed: layers"),
        ({"models.nano": 3}, r"models\.nano: expected a mapping, got int 3"),
        ({"tokenizer.kinds": []}, r"models from scratch need one of tokenizer\.kinds, got \[\]"),
        (
            {"tokenizer.kinds": ["word", "bpe"]},
            r"need one of tokenizer\.kinds, got \['word', 'bpe'\]",
        ),
        ({"pretrain": ...}, r"need one of tokenizer\.kinds, .* and pretrain"),
        ({"tokenizer.vocab_size": ...}, r"tokenizer\.vocab_size and pretrain"),
        (
            {"models": HUB, "extra": NO_EXTRA, "origins": {"scratch": [], "hub": ["mbert"]}},
            r"tokenizer\.kinds is \['word'\] and no model is from scratch; allowed: \[\]",
        ),
        (
            {"models": HUB, "extra": NO_EXTRA, "origins": dict(scratch=["mbert"], hub=["mbert"])},
            r"models\.mbert does not fit origins\.scratch",
        ),
    ],
)
def test_every_model_has_one_origin_that_fits(tmp_path, params, changes, message):
    for key, value in changes.items():
        params = changed(params, key, value)
    with pytest.raises(UserError, match=message):
        load(tmp_path, params)


def test_a_suite_of_fetched_models_alone_needs_no_pretraining(tmp_path, params):
    changes = {"models": ENTRIES, "origins": {"scratch": [], "hub": list(ENTRIES)}}
    changes |= {"tokenizer": {"kinds": []}, "pretrain": ..., "recipes": ["none"]}
    changes |= {"extra": NO_EXTRA}
    for key, value in changes.items():
        params = changed(params, key, value)
    loaded = load(tmp_path, params)
    assert {model for model, _ in all_cells(loaded)} == set(ENTRIES)
    assert loaded.models["xlm-roberta-xl"].vocabulary == 250880


def test_a_file_that_is_missing_or_no_yaml(tmp_path):
    with pytest.raises(UserError, match="no parameters file"):
        load_settings(tmp_path / "params.yaml")
    (tmp_path / "params.yaml").write_text("a: [1,")
    with pytest.raises(UserError, match=r"params\.yaml, line 2: .*expected YAML"):
        load_settings(tmp_path / "params.yaml")


PATH = "target.learning_rate"


@pytest.mark.parametrize(
    ("text", "value"),
    [("1e-5", 1e-5), ("3E-5", 3e-5), ("1e-06", 1e-6), ("1e1", 10.0), ("+1e-5", 1e-5), (".5", 0.5),
     ("010", 10.0), ("0o10", 8.0), ("0x10", 16.0), ("6_000", 6000.0)],
)  # fmt: skip
def test_numbers_are_read_in_the_dialect_that_dvc_writes(tmp_path, params, text, value):
    file = tmp_path / "params.yaml"
    file.write_text(yaml.safe_dump(changed(params, PATH, "HERE"), sort_keys=False))
    file.write_text(file.read_text().replace("HERE", text))
    assert load_settings(file).target.learning_rate == value


@pytest.mark.parametrize("text", ['"1e-5"', "1:40", "yes", "1,5", "nan", "~", ".inf", "1e400"])
def test_what_is_no_number_in_that_dialect_is_refused_with_the_line(tmp_path, params, text):
    file = tmp_path / "params.yaml"
    file.write_text(yaml.safe_dump(changed(params, PATH, "HERE"), sort_keys=False))
    file.write_text(file.read_text().replace("HERE", text))
    with pytest.raises(UserError, match=r"params\.yaml, line \d+: target\.learning_rate: expected"):
        load_settings(file)


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda text: text + "threads: 2\n", r"line \d+: found duplicate key .threads."),
        (lambda text: text.replace("  epochs: 2\n", "  epochs: 2\n  epochs: 3\n", 1), "duplicate"),
        (lambda text: "".join(["a: ", "[" * 5000, "]" * 5000, "\n", text]), "unknown key 'a'"),
        (lambda text: "", "missing key 'root'"),
        (lambda text: "# nothing\n", "missing key 'root'"),
        (lambda text: "- a\n", "expected a mapping, got list"),
        (
            lambda text: text.replace("threads: 1", "threads: !x 1"),
            r"line \d+: could not determine",
        ),
        (lambda text: text.replace("threads: 1", "\tthreads: 1"), r"line \d+: found a tab"),
    ],
)
def test_files_of_another_form_are_named(tmp_path, params, edit, message):
    file = tmp_path / "params.yaml"
    text = edit(yaml.safe_dump(params, sort_keys=False))
    file.write_text(text)
    with pytest.raises(UserError, match=rf"params\.yaml.*{message}"):
        load_settings(file)


def test_anchors_marks_and_carriage_returns_are_taken(tmp_path, params):
    params = changed(params, "target.tasks.mnli", {"epochs": 7})
    params["target"]["tasks"]["udpos"] = params["target"]["tasks"]["mnli"]
    text = yaml.safe_dump(params, sort_keys=False)
    assert "udpos: *id" in text
    text = text.replace("udpos: *id001", "udpos:\n      <<: *id001\n      batch_size: 3")
    (tmp_path / "params.yaml").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    udpos = load_settings(tmp_path / "params.yaml").target.tasks["udpos"]
    assert (udpos.epochs, udpos.batch_size) == (7, 3)


REPOSITORIES = [
    "https://huggingface.co/a/b", "hf://a/b", "a/b ", "a b/c", "a/b.git", "a/b.GIT", "a/b@main",
    "a/b/", "/a/b", "a/b/c", "a//b", "", "..", "../b", "a/..", "./b", "a/b--c", "-a/b", "ä/b",
    "a/b.", "a/b\n", "x" * 97,
]  # fmt: skip


@pytest.mark.parametrize("name", REPOSITORIES)
def test_a_repository_is_named_as_the_hub_writes_it(name):
    entry = ENTRIES["bert-base-multilingual-cased"]
    with pytest.raises(UserError, match="repository: allowed: owner/name as the Hub writes"):
        build(FetchedModel, entry | {"repository": name}, "models.mbert")
    for right in ("bert-base", "a/b", "a-b/c.d_e-1.5", "_a/b_"):
        build(FetchedModel, entry | {"repository": right}, "models.mbert")


@pytest.mark.parametrize("name", ["xlmr.base", "a/b", "a b", "é", "", "-x", "a@b", "x" * 101])
def test_a_model_has_a_name_that_dvc_takes(tmp_path, params, name):
    models = params["models"] | {name: params["models"]["nano"]}
    with pytest.raises(UserError, match=r"models\..*: allowed: letters, digits, - and _"):
        load(tmp_path, changed(params, "models", models))


def test_every_suite_loads():
    for file in [ROOT / "params.yaml", *ROOT.glob("suites/*/params.yaml")]:
        loaded = load_settings(file)
        assert file == ROOT / loaded.file
        assert (file.parent / loaded.root).resolve() == ROOT
