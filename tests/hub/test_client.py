"""The Hub path: the real client libraries against a stand-in on a loopback address."""

import hashlib
import io
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import datasets
import pytest
import yaml

from tests.conftest import ROOT
from tests.hub.hub_server import HubServer, card, until

ASK = """
import json, sys
from pathlib import Path
from waystation.base.errors import UserError
from waystation.files import checksum
from waystation.hub import client

def rows(*place):
    found = client.load_rows(*place, None, False)
    return found and [list(found.features), found.to_list()]

def fetch(repository, name, commit, sha256, folder):
    path = client.fetch_file(repository, name, commit, sha256, Path(folder))
    return checksum(path)

for name, *given in json.loads(sys.argv[1]):
    call = {"rows": rows, "fetch": fetch}.get(name) or getattr(client, name)
    try:
        told = {"value": call(*given)}
    except UserError as problem:
        told = {"error": str(problem)}
    print("@" + json.dumps(told), flush=True)
"""
WEIGHTS = bytes(range(256)) * 2000
SHA256 = hashlib.sha256(WEIGHTS).hexdigest()
CHUNK = 10 * 2**20  # the client writes so many bytes at once: what it can lose
LARGE = bytes(range(251)) * 100_000  # two chunks and a half
CONFIG = b'{"layers": 2}'


class Client:
    """Processes of this project that know no other Hub than the stand-in."""

    def __init__(self, hub: HubServer, home: Path):
        self.hub, self.home, self.out, self.err = hub, home, "", ""

    def start(self, *calls: list, before: str = "", **env: str) -> subprocess.Popen:
        command = [sys.executable, "-c", before + ASK, json.dumps(calls)]
        kind = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen(
            command, cwd=ROOT, env=self.hub.environment(self.home, **env), **kind
        )

    def ask(self, *calls: list, **more: str) -> list:
        """What functions of waystation.hub.client return or say, [name, *arguments] each."""
        process = self.start(*calls, **more)
        self.out, self.err = process.communicate(timeout=120)
        told = [json.loads(line[1:]) for line in self.out.splitlines() if line.startswith("@")]
        assert process.returncode == 0, self.err
        assert len(told) == len(calls)
        return [answer.get("value", answer.get("error")) for answer in told]

    def cached(self, pattern: str) -> list[Path]:
        return sorted(self.home.glob(f"hub/*/{pattern}"))


@pytest.fixture
def hub(tmp_path):
    with HubServer(tmp_path / "served") as server:
        yield server


@pytest.fixture
def client(hub, tmp_path):
    return Client(hub, tmp_path / "home")


def table(*texts: str) -> bytes:
    """A parquet file with a text and a label."""
    kinds = {"text": datasets.Value("string"), "label": datasets.ClassLabel(names=["no", "yes"])}
    rows = [{"text": text, "label": i % 2} for i, text in enumerate(texts)]
    stream = io.BytesIO()
    datasets.disable_progress_bars()
    datasets.Dataset.from_list(rows, features=datasets.Features(kinds)).to_parquet(stream)
    return stream.getvalue()


def two_configs(mark: str = "") -> dict[str, bytes]:
    """A data set of two configurations: en with three splits, de with one."""
    splits = {"train": "en/train.parquet", "r2": "en/r2.parquet", "test": "en/test-*.parquet"}
    return {
        "README.md": card(en={"splits": splits}, de={"splits": {"test": "de/test.parquet"}}),
        "en/train.parquet": table("train" + mark),
        "en/r2.parquet": table("second" + mark),
        "en/test-0.parquet": table("a" + mark, "b" + mark),
        "en/test-1.parquet": table("c" + mark),
        "de/test.parquet": table("d" + mark),
    }


def texts(answer) -> list[str]:
    assert isinstance(answer, list), answer
    return [row["text"] for row in answer[1]]


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def model(hub: HubServer, weights: bytes = WEIGHTS) -> str:
    files = {"config.json": CONFIG, "model.safetensors": weights}
    return hub.commit("model", "org/encoder", files)


def test_rows_of_one_split_and_no_other_file(hub, client):
    commit = hub.commit("dataset", "org/texts", two_configs())
    place = ["rows", "org/texts", "en"]
    several, added, absent, other = client.ask(
        [*place, "test", commit],
        [*place, "train+r2", commit],
        [*place, "dev", commit],
        ["rows", "org/texts", "de", "test", commit],
    )
    assert several == [
        ["text", "label"],
        [{"text": t, "label": i} for t, i in (("a", 0), ("b", 1), ("c", 0))],
    ]
    assert (texts(added), absent, texts(other)) == (["train", "second"], None, ["d"])
    asked = {Path(r.path).name for r in hub.asked(r"\.parquet", "GET")}
    assert asked == {
        "test-0.parquet",
        "test-1.parquet",
        "train.parquet",
        "r2.parquet",
        "test.parquet",
    }


def test_only_the_files_of_the_split_are_fetched(hub, client):
    commit = hub.commit("dataset", "org/texts", two_configs())
    assert texts(client.ask(["rows", "org/texts", "en", "r2", commit])[0]) == ["second"]
    assert {Path(r.path).name for r in hub.asked(r"\.parquet")} == {"r2.parquet"}


def test_a_cache_that_somebody_has_emptied_is_filled_again(hub, client):
    commit = hub.commit("dataset", "org/texts", two_configs())
    call = ["rows", "org/texts", "de", "test", commit]
    assert texts(client.ask(call)[0]) == ["d"]
    shutil.rmtree(client.home / "hub")
    assert texts(client.ask(call)[0]) == ["d"]


def test_options_of_the_card_count(hub, client):
    options = {"splits": {"train": "rows.csv"}, "sep": "|"}
    files = {"README.md": card(default=options), "rows.csv": b"text|label\na, b|yes\n"}
    commit = hub.commit("dataset", "org/table", files)
    (found,) = client.ask(["rows", "org/table", "default", "train", commit])
    assert found[1] == [{"text": "a, b", "label": "yes"}]


def test_files_of_a_model(hub, client, tmp_path):
    commit = model(hub)
    place = ["fetch", "org/encoder"]
    weights, config = client.ask(
        [*place, "model.safetensors", commit, SHA256, str(tmp_path)],
        [*place, "config.json", commit, None, str(tmp_path)],
        HF_TOKEN="hf_secret",
    )
    assert weights == SHA256 == digest((tmp_path / "model.safetensors").read_bytes())
    assert config == digest(CONFIG)
    assert all(request.token for request in hub.asked("/resolve/"))
    assert [request.token for request in hub.asked("/cdn/")] == [False]  # it stays with the Hub


def test_what_is_not_there_is_named(hub, client, tmp_path):
    data, encoder = hub.commit("dataset", "org/texts", two_configs()), model(hub)
    bare = hub.commit("dataset", "org/bare", {"en/test/0.parquet": table("a")})
    wrong = "0" * 40
    told = client.ask(
        ["rows", "org/texts", "en", "test", wrong],
        ["rows", "org/texts", "fr", "test", data],
        ["rows", "org/bare", "fr", "test", bare],
        ["rows", "org/none", "en", "test", data],
        ["fetch", "org/encoder", "vocab.txt", encoder, None, str(tmp_path)],
        ["fetch", "org/encoder", "config.json", wrong, None, str(tmp_path)],
        ["resolve", "org/none", "unpinned", "model"],
        ["resolve", "org/texts", "main", "dataset"],
    )
    expected = [
        f"revision {wrong}: the repository has no such revision",
        "BuilderConfig 'fr' not found. Available: ['en', 'de']",
        "unknown configuration of org/bare 'fr'; allowed: en",
        "dataset org/none",
        f"model org/encoder, file vocab.txt, revision {encoder}: there is no such file",
        f"model org/encoder, file config.json, revision {wrong}: the repository has no such",
        "model org/none, revision main: http://127.0.0.1",
        "dataset org/texts: revision 'main'; allowed: 40 hex digits or 'unpinned'",
    ]
    for text, part in zip(told, expected, strict=True):
        assert isinstance(text, str)
        assert part in text
    assert "has no such repository, or not for you (401)" in told[3]
    assert list(tmp_path.glob("*.*")) == []


@pytest.mark.parametrize(("status", "again"), [(429, "again in 0 s"), (503, "again in 0 s")])
def test_a_busy_hub_is_waited_for(hub, client, tmp_path, status, again):
    data, encoder = hub.commit("dataset", "org/texts", two_configs()), model(hub)
    busy = {"status": status, "retry_after": 0, "times": 2}
    hub.fail("/api/datasets/org/texts/revision", **busy)
    hub.fail(r"resolve/.*\.py", **busy, method="HEAD")
    hub.fail(r"resolve/.*README", **busy, method="GET")
    hub.fail("cdn/.*r2.parquet", **(busy | {"times": 1}))
    hub.fail("resolve/.*model.safetensors", **busy, method="HEAD")
    commit, found, weights = client.ask(
        ["resolve", "org/texts", "unpinned", "dataset"],
        ["rows", "org/texts", "en", "r2", data],
        ["fetch", "org/encoder", "model.safetensors", encoder, SHA256, str(tmp_path)],
    )
    assert (commit, texts(found), weights) == (data, ["second"], SHA256)
    assert all(fault.times == 0 for fault in hub.faults)
    assert f"the Hub answers {status}" in client.err
    assert again in client.err


def test_a_hub_that_stays_busy_is_given_up(hub, client, tmp_path):
    commit = model(hub)
    hub.fail("/resolve/", times=99, status=503, retry_after=0)
    hub.fail("/api/models", times=99, status=503, retry_after=0)
    started = time.monotonic()
    told = client.ask(
        ["fetch", "org/encoder", "config.json", commit, None, str(tmp_path)],
        ["resolve", "org/encoder", "unpinned", "model"],
    )
    assert time.monotonic() - started < 20
    for text in told:
        assert "the Hub answers 503 Service Unavailable, also after waiting; try again" in text
    assert len(hub.asked("/resolve/")) == len(hub.asked("/api/models")) == 6


def test_a_network_that_is_down_is_explained(hub, client):
    nowhere = {"HF_ENDPOINT": "http://127.0.0.1:9"}  # nothing listens there
    quick = "from waystation.hub import problems\nproblems.WAITS_SEC = (0,)\n"
    (told,) = client.ask(["resolve", "org/x", "unpinned", "model"], before=quick, **nowhere)
    assert "model org/x, revision main: cannot reach http://127.0.0.1:9" in told
    assert "is there a network?" in told


@pytest.mark.parametrize("reset", [False, True])
def test_a_connection_cut_in_the_middle_goes_on_where_it_ended(hub, client, tmp_path, reset):
    commit = model(hub, LARGE)
    hub.fail("cdn/.*safetensors", cut_after=CHUNK + 9, reset=reset)
    hub.fail("cdn/.*safetensors", cut_after=CHUNK + 9, reset=reset)
    call = ["fetch", "org/encoder", "model.safetensors", commit, digest(LARGE), str(tmp_path)]
    assert client.ask(call) == [digest(LARGE)]
    asked = hub.asked("/cdn/", "GET")
    assert [request.range for request in asked] == [None, f"bytes={CHUNK}-", f"bytes={2 * CHUNK}-"]
    assert client.cached("blobs/*.part") == []


def test_a_checksum_that_does_not_match_leaves_nothing(hub, client, tmp_path):
    commit, data = model(hub), hub.commit("dataset", "org/texts", two_configs())
    place = ["fetch", "org/encoder", "model.safetensors", commit]
    other = bytes(len(WEIGHTS))
    hub.fail("cdn/.*safetensors", content=other)
    hub.fail("cdn/.*r2.parquet", content=bytes(len(two_configs()["en/r2.parquet"])))
    told = client.ask([*place, SHA256, str(tmp_path)], ["rows", "org/texts", "en", "r2", data])
    assert f"its checksum is {hashlib.sha256(other).hexdigest()}, the Hub's is {SHA256}" in told[0]
    assert "its checksum is" in told[1]
    assert list(tmp_path.glob("*.safetensors")) == client.cached(f"blobs/{'?' * 64}") == []
    (told,) = client.ask([*place, "f" * 64, str(tmp_path)])
    assert f"its SHA-256 is {SHA256}, expected {'f' * 64}; removed it" in told
    assert list(tmp_path.glob("*.safetensors")) == client.cached(f"blobs/{SHA256}") == []
    weights, found = client.ask(
        [*place, SHA256, str(tmp_path)], ["rows", "org/texts", "en", "r2", data]
    )
    assert (weights, texts(found)) == (SHA256, ["second"])


def test_a_warm_cache_serves_without_a_network(hub, client, tmp_path):
    data, encoder = hub.commit("dataset", "org/texts", two_configs()), model(hub)
    script = hub.commit("dataset", "org/old", {"old.py": b"raise SystemExit"})
    converted = {"en/test/0000.parquet": table("x")}
    hub.commit("dataset", "org/old", converted, branch="refs/convert/parquet")
    calls = [
        ["resolve", "org/texts", "unpinned", "dataset"],
        ["resolve", "org/encoder", "unpinned", "model"],
        ["rows_revision", "org/old", script],
        ["rows_revision", "org/texts", data],
        ["rows", "org/old", "en", "test", script],
        ["rows", "org/texts", "en", "test", data],
        ["rows", "org/texts", "en", "dev", data],
    ]
    fetch = ["fetch", "org/encoder", "model.safetensors", encoder, SHA256]
    cold = client.ask(*calls, [*fetch, str(tmp_path / "a")], HF_HUB_OFFLINE="1")
    for text in (*cold[:2], *cold[4:]):
        assert "is not in the local cache" in text
        assert "HF_HUB_OFFLINE is set" in text
    online = client.ask(*calls, [*fetch, str(tmp_path / "a")])
    assert online[:2] == [data, encoder]
    hub.requests.clear()
    assert client.ask(*calls, [*fetch, str(tmp_path / "b")], HF_HUB_OFFLINE="1") == online
    assert client.ask(*calls[4:])[0] == online[4]
    assert [request.path for request in hub.requests] == []


@pytest.mark.parametrize(("status", "who"), [(401, "it asks who you are"), (403, "has not agreed")])
def test_gated_data_and_models_are_explained(hub, client, tmp_path, status, who):
    data, encoder = hub.commit("dataset", "org/texts", two_configs()), model(hub)
    for repository in hub.repositories.values():
        repository.gate = status
    calls = [
        ["rows", "org/texts", "en", "test", data],
        ["fetch", "org/encoder", "config.json", encoder, None, str(tmp_path)],
    ]
    for text in client.ask(*calls):
        assert f"gated ({status}: " in text
        assert who in text
        assert "accept its terms on its page" in text
        assert "`hf auth login` or set HF_TOKEN" in text
    if status == 401:
        found, config = client.ask(*calls, HF_TOKEN="hf_agreed")
        assert (texts(found), config) == (["a", "b", "c"], digest(CONFIG))


def test_a_loading_script_is_not_run_but_its_conversion_read(hub, client):
    script = hub.commit("dataset", "org/old", {"README.md": b"", "old.py": b"raise SystemExit"})
    files = {f"{c}/{s}/0000.parquet": table(c + s) for c in ("en", "de") for s in ("train", "test")}
    converted = hub.commit("dataset", "org/old", files, branch="refs/convert/parquet")
    revision, direct, given, absent, wrong = client.ask(
        ["rows_revision", "org/old", script],
        ["rows", "org/old", "de", "test", converted],
        ["rows", "org/old", "en", "train", script],
        ["rows", "org/old", "en", "dev", script],
        ["rows", "org/old", "fr", "test", script],
    )
    assert revision == converted
    assert (texts(direct), texts(given), absent) == (["detest"], ["entrain"], None)
    assert "unknown configuration of org/old 'fr'; allowed: de, en" in wrong
    assert f"org/old holds a loading script at {script}" in client.out
    assert f"refs/convert/parquet, revision {converted}" in client.out


def test_a_branch_that_moves_changes_nothing(hub, client, tmp_path):
    first = hub.commit("dataset", "org/texts", two_configs())
    old = model(hub)
    found = client.ask(
        ["resolve", "org/texts", "unpinned", "dataset"],
        ["resolve", "org/encoder", "unpinned", "model"],
        ["resolve", "org/texts", "1" * 40, "dataset"],
    )
    assert found == [first, old, "1" * 40]
    assert f"dataset org/texts is not pinned; using revision {first}" in client.out
    second = hub.commit("dataset", "org/texts", two_configs("!"))
    hub.commit("model", "org/encoder", {"config.json": b"{}"})
    rows, config, new, moved = client.ask(
        ["rows", "org/texts", "en", "test", first],
        ["fetch", "org/encoder", "config.json", old, None, str(tmp_path)],
        ["resolve", "org/texts", "unpinned", "dataset"],
        ["rows", "org/texts", "en", "test", second],
    )
    assert (texts(rows), config) == (["a", "b", "c"], digest(CONFIG))
    assert (new, texts(moved)) == (second, ["a!", "b!", "c!"])


def test_rows_that_datasets_keeps_of_another_commit_do_not_answer(hub, client):
    first = hub.commit("dataset", "org/texts", two_configs())
    second = hub.commit("dataset", "org/texts", two_configs("!"))
    hub.fail(f"/api/datasets/org/texts/revision/{second}", status=500, retry_after=0)
    keep = f"import datasets\ndatasets.load_dataset('org/texts', 'en', revision='{first}')\n"
    rows, absent = client.ask(
        ["rows", "org/texts", "en", "test", second],
        ["rows", "org/texts", "en", "test", "2" * 40],
        before=keep,
    )
    assert texts(rows) == ["a!", "b!", "c!"]
    assert "no such revision" in absent


def test_a_renamed_repository_is_followed(hub, client, tmp_path):
    data, encoder = hub.commit("dataset", "org/texts", two_configs()), model(hub)
    hub.rename("dataset", "org/texts", "new/texts")
    hub.rename("model", "org/encoder", "new/encoder")
    commit, rows, weights = client.ask(
        ["resolve", "org/texts", "unpinned", "dataset"],
        ["rows", "org/texts", "en", "test", data],
        ["fetch", "org/encoder", "model.safetensors", encoder, SHA256, str(tmp_path)],
    )
    assert (commit, texts(rows), weights) == (data, ["a", "b", "c"], SHA256)


def test_a_killed_process_leaves_no_whole_file_and_the_next_goes_on(hub, client, tmp_path):
    commit = model(hub, LARGE)
    call = ["fetch", "org/encoder", "model.safetensors", commit, digest(LARGE), str(tmp_path)]
    hub.fail("cdn/.*safetensors", cut_after=CHUNK + 9, stall=True)
    process = client.start(call)
    until(lambda: [path.stat().st_size for path in client.cached("blobs/*.part")] == [CHUNK])
    process.kill()
    process.communicate()
    (part,) = client.cached("blobs/*")
    assert (part.name, part.stat().st_size) == (f"{digest(LARGE)}.part", CHUNK)
    assert list(tmp_path.glob("*.safetensors")) == []
    assert client.ask(call) == [digest(LARGE)]
    assert [r.range for r in hub.asked("/cdn/", "GET")] == [None, f"bytes={CHUNK}-"]


def test_a_full_disk_is_said_and_leaves_nothing_whole(hub, client, tmp_path):
    commit = model(hub)
    limit = "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
    call = ["fetch", "org/encoder", "model.safetensors", commit, SHA256, str(tmp_path)]
    (told,) = client.ask(call, before=limit)
    assert "file model.safetensors" in told
    assert "File too large; files from the Hub lie in" in told
    assert list(tmp_path.glob("*.safetensors")) == client.cached("snapshots/*/*") == []
    assert client.cached("blobs/*")[0].suffix == ".part"


def test_two_processes_share_one_download(hub, client, tmp_path):
    commit = model(hub)
    hub.fail("cdn/.*safetensors", latency_sec=2.0)
    calls = [
        ["fetch", "org/encoder", "model.safetensors", commit, SHA256, str(tmp_path / str(i))]
        for i in range(2)
    ]
    processes = [client.start(call) for call in calls]
    for process in processes:
        out, err = process.communicate(timeout=60)
        assert SHA256 in out, err
    assert len(hub.asked("/cdn/", "GET")) == 1


def test_rows_that_are_not_what_the_card_announces_are_refused(hub, client):
    files = two_configs()
    info = {"config_name": "de", "splits": [{"name": "test", "num_bytes": 9, "num_examples": 7}]}
    head = yaml.safe_load(files["README.md"].decode().split("---")[1])
    told = yaml.safe_dump(head | {"dataset_info": info})
    files |= {"README.md": f"---\n{told}---\n".encode(), "en/r2.parquet": b"no parquet"}
    commit = hub.commit("dataset", "org/texts", files)
    fewer, broken = client.ask(
        ["rows", "org/texts", "de", "test", commit], ["rows", "org/texts", "en", "r2", commit]
    )
    assert "num_examples=7" in fewer
    assert "configuration 'en'" in broken
    assert "Parquet" in broken
