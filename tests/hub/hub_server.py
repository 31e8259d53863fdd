"""A stand-in for the Hugging Face Hub on loopback addresses, with its faults on demand.

    with HubServer(folder) as hub:
        commit = hub.commit("dataset", "owner/name", {"data/train.parquet": b"..."})
        hub.fail(r"train\\.parquet", times=2, status=503)
        ...run a process with hub.environment(home)...
        hub.asked(r"train\\.parquet")

Repositories lie in the folder, one folder a commit. Large files (those that the Hub keeps outside
git) are redirected to a second server, as to its CDN. Both servers end with the block.
"""

import hashlib
import json
import os
import re
import socket
import struct
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import yaml

STALL_SEC = 30  # longer than any test waits for the rest of a file
LARGE = (".parquet", ".safetensors", ".bin")
ROUTE = re.compile(
    r"/api/(?P<api>models|datasets)/(?P<repo>[^/]+/[^/]+)(?:/(?P<verb>revision|tree|paths-info|refs)"
    r"(?:/(?P<rev>refs/convert/parquet|[^/]+)(?:/(?P<below>.*))?)?)?"
    r"|/(?P<data>datasets/)?(?P<owned>[^/]+/[^/]+)/resolve"
    r"/(?P<at>refs/convert/parquet|[^/]+)/(?P<file>.+)"
)


@dataclass
class Fault:
    """What happens to the next `times` requests whose method and path fit."""

    path: re.Pattern
    times: int
    status: int | None = None
    code: str | None = None
    retry_after: int | None = None
    cut_after: int | None = None
    reset: bool = False
    stall: bool = False
    content: bytes | None = None
    latency_sec: float = 0.0
    method: str | None = None


@dataclass
class Request:
    """One request as it came, and how it was answered."""

    method: str
    path: str
    range: str | None
    token: bool
    status: int = 0
    sent: int = 0


@dataclass
class Repository:
    """Branches and gate of one repository; its commits are folders."""

    folder: Path
    refs: dict[str, str] = field(default_factory=dict)
    gate: int | None = None  # 401 asks for a token, 403 refuses a token that has not agreed


class HubServer:
    """Two servers, the Hub and its CDN, that serve the repositories below a folder."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.repositories: dict[tuple[str, str], Repository] = {}
        self.renamed: dict[tuple[str, str], str] = {}
        self.faults: list[Fault] = []
        self.requests: list[Request] = []
        self.lock = threading.Lock()
        self.stopped = threading.Event()
        handler = type("Handler", (Handler,), {"hub": self})
        self.servers = [ThreadingHTTPServer(("127.0.0.1", 0), handler) for _ in range(2)]
        self.url, self.cdn = (f"http://127.0.0.1:{s.server_address[1]}" for s in self.servers)

    def __enter__(self) -> "HubServer":
        for server in self.servers:
            server.daemon_threads = True
            threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        self.stopped.set()
        for server in self.servers:
            server.shutdown()
            server.server_close()

    def environment(self, home: Path, **more: str) -> dict[str, str]:
        """The environment of a process that knows no other Hub; its caches lie in `home`."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("HF_", "HUGGING"))}
        return kept | {"HF_ENDPOINT": self.url, "HF_HOME": str(home)} | more

    def commit(self, kind: str, name: str, files: dict[str, bytes], branch: str = "main") -> str:
        """A new commit of a repository that holds exactly these files; its branch moves there."""
        told = repr((kind, name, branch, sorted(files.items())))
        commit = hashlib.sha1(told.encode()).hexdigest()
        folder = self.folder / kind / name
        repository = self.repositories.setdefault((kind, name), Repository(folder))
        repository.refs[branch] = commit
        for path, content in files.items():
            file = folder / commit / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        return commit

    def rename(self, kind: str, old: str, new: str) -> None:
        """Answer requests for a repository's old name with a redirection."""
        self.repositories[kind, new] = self.repositories.pop((kind, old))
        self.renamed[kind, old] = new

    def fail(self, path: str, times: int = 1, **what) -> None:
        """Have the next requests whose path holds the pattern fail; see Fault."""
        self.faults.append(Fault(re.compile(path), times, **what))

    def asked(self, path: str, method: str | None = None) -> list[Request]:
        """The requests so far whose path holds the pattern."""
        found = [r for r in self.requests if re.search(path, r.path)]
        return [r for r in found if method in (None, r.method)]

    def take_fault(self, method: str, path: str) -> Fault | None:
        with self.lock:
            for fault in self.faults:
                if fault.times and fault.method in (None, method) and fault.path.search(path):
                    fault.times -= 1
                    return fault
        return None


class Handler(BaseHTTPRequestHandler):
    """One connection's requests; `hub` is the server's state."""

    protocol_version = "HTTP/1.1"
    hub: HubServer
    timeout = 20

    def log_message(self, *_) -> None:
        pass

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        told = Request(
            self.command, path, self.headers.get("Range"), "Authorization" in self.headers
        )
        with self.hub.lock:
            self.hub.requests.append(told)
        self.told = told
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.fault = self.hub.take_fault(self.command, path)
        if self.fault is not None:
            time.sleep(self.fault.latency_sec)
            if self.fault.status is not None:
                wait = self.fault.retry_after
                more = {} if wait is None else {"Retry-After": str(wait)}
                self.refuse(self.fault.status, self.fault.code, **more)
                return
        if path.startswith("/cdn/"):
            self.send_blob(Path(path.removeprefix("/cdn")), {})
        elif (route := ROUTE.fullmatch(path)) is None:
            self.refuse(404, None)
        else:
            self.route(path, **route.groupdict())

    do_HEAD = do_POST = do_GET

    def route(self, path, api, repo, verb, rev, below, data, owned, at, file) -> None:
        kind = "dataset" if data or api == "datasets" else "model"
        name = repo or owned
        if (kind, name) in self.hub.renamed:
            moved = path.replace(name, self.hub.renamed[kind, name], 1)
            self.answer(307, b"", Location=moved)  # relative, as the Hub's are
            return
        repository = self.hub.repositories.get((kind, name))
        if repository is None:
            self.refuse(401, "RepoNotFound")  # what the Hub says to somebody without a token
            return
        revision = rev or at or "main"
        commit = repository.refs.get(revision, revision)
        folder = repository.folder / commit
        if verb == "refs":
            self.send_json({"branches": [], "converts": [], "tags": []})
        elif not folder.is_dir():
            self.refuse(404, "RevisionNotFound")
        elif file is not None:
            self.send_file(repository, folder, commit, file)
        elif verb == "tree":
            self.send_tree(folder, below or "")
        elif verb == "paths-info":
            self.send_paths(folder)
        else:
            names = [{"rfilename": str(f.relative_to(folder))} for f in files_below(folder)]
            told = {"id": name, "sha": commit, "siblings": names, "private": False}
            self.send_json(told | {"gated": bool(repository.gate), "tags": [], "downloads": 0})

    def send_file(self, repository: Repository, folder: Path, commit: str, name: str) -> None:
        file = folder / name
        if repository.gate is not None and not (repository.gate == 401 and self.told.token):
            self.refuse(repository.gate, "GatedRepo")
        elif not file.is_file():
            self.refuse(404, "EntryNotFound", **{"X-Repo-Commit": commit})
        elif not name.endswith(LARGE):
            told = {"ETag": f'"{git_checksum(file.read_bytes())}"', "X-Repo-Commit": commit}
            self.send_blob(file, told)
        else:
            content = file.read_bytes()
            told = {
                "X-Repo-Commit": commit,
                "X-Linked-Size": str(len(content)),
                "X-Linked-ETag": f'"{hashlib.sha256(content).hexdigest()}"',
                "Location": f"{self.hub.cdn}/cdn{file}",
            }
            self.answer(302, b"", **told)

    def send_blob(self, file: Path, headers: dict[str, str]) -> None:
        content = file.read_bytes()
        if self.fault is not None and self.fault.content is not None:
            content = self.fault.content
        wanted = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range") or "")
        if wanted is None:
            self.answer(200, content, **headers)
            return
        start = int(wanted[1])
        headers |= {"Content-Range": f"bytes {start}-{len(content) - 1}/{len(content)}"}
        self.answer(206, content[start:], **headers)

    def send_tree(self, folder: Path, below: str) -> None:
        query = parse_qs(urlsplit(self.path).query)
        recursive = query.get("recursive", ["False"])[0].lower() in ("true", "1")
        top = folder / below
        if not top.is_dir():
            self.refuse(404, "EntryNotFound")
            return
        paths = top.rglob("*") if recursive else top.iterdir()
        self.send_json([entry(folder, path) for path in sorted(paths)])

    def send_paths(self, folder: Path) -> None:
        if "json" in self.headers.get("Content-Type", ""):
            paths = json.loads(self.body)["paths"]
        else:
            paths = parse_qs(self.body.decode())["paths"]
        found = [folder / path for path in ([paths] if isinstance(paths, str) else paths)]
        self.send_json([entry(folder, path) for path in found if path.exists()])

    def send_json(self, value) -> None:
        self.answer(200, json.dumps(value).encode(), **{"Content-Type": "application/json"})

    def refuse(self, status: int, code: str | None, **headers: str) -> None:
        named = {"X-Error-Code": code, "X-Error-Message": f"refused: {code}"} if code else {}
        self.answer(status, b"{}", **named, **headers)

    def answer(self, status: int, content: bytes, **headers: str) -> None:
        """Send an answer, or only its beginning where a fault says so."""
        self.told.status = status
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command == "HEAD":
            return
        cut = self.fault.cut_after if self.fault is not None else None
        sent = content if cut is None else content[:cut]
        self.told.sent = len(sent)
        self.wfile.write(sent)
        if cut is not None and cut < len(content):
            self.hang_up()

    def hang_up(self) -> None:
        """End the connection in the middle: orderly, reset as by a crash, or not yet."""
        self.wfile.flush()
        self.close_connection = True
        if self.fault.stall:
            self.hub.stopped.wait(STALL_SEC)
        if self.fault.reset:
            time.sleep(0.2)  # what was sent arrives: a reset throws away what is on its way
            now = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, now)
            self.connection.close()


def files_below(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def git_checksum(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def entry(folder: Path, path: Path) -> dict:
    """A file or a folder as the Hub's listings tell it."""
    name = str(path.relative_to(folder))
    if path.is_dir():
        return {"type": "directory", "oid": git_checksum(name.encode()), "size": 0, "path": name}
    content = path.read_bytes()
    told = {"type": "file", "oid": git_checksum(content), "size": len(content), "path": name}
    if name.endswith(LARGE):
        sha256 = hashlib.sha256(content).hexdigest()
        told |= {"lfs": {"oid": sha256, "size": len(content), "pointerSize": 134}}
    return told


def card(**configs: dict) -> bytes:
    """The head of a data set's README: {configuration: {split: path}}, options beside them."""
    told = []
    for name, entry in configs.items():
        splits = [{"split": s, "path": p} for s, p in entry.pop("splits").items()]
        told.append({"config_name": name, "data_files": splits, **entry})
    return f"---\n{yaml.safe_dump({'configs': told})}---\nAbout it.\n".encode()


def until(condition, seconds: float = 30.0) -> None:
    """Wait until something holds; fail if it never does."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
