"""Files of the Hub's repositories in the local cache of the Hub's libraries, one commit at a time.

A file takes its place there only when it has the checksum that the Hub gives; what a run could not
finish lies beside it under another name, and the next one continues it.
"""

import fcntl
import functools
import hashlib
from pathlib import Path
from typing import Any

from waystation.base.errors import UserError
from waystation.base.progress import progress
from waystation.files import checksum
from waystation.hub.problems import patiently


def fetch(repository: str, name: str, revision: str, kind: str) -> Path:
    """A file of a repository at a commit, in the local cache."""
    from huggingface_hub import hf_hub_download, is_offline_mode, try_to_load_from_cache

    known = try_to_load_from_cache(repository, name, revision=revision, repo_type=kind)
    if isinstance(known, str):
        return Path(known)
    address: dict[str, Any] = {"repo_type": kind, "revision": revision}
    if not is_offline_mode():
        where = f"{kind} {repository}, file {name}, revision {revision}"
        patiently(where, functools.partial(_fill_cache, repository, name, address, where))
    # What is left to it: the name beside the content, and the words for what is not there.
    return Path(hf_hub_download(repository, name, **address))


def _fill_cache(repository: str, name: str, address: dict[str, Any], where: str) -> None:
    """Bring a file's content into the local cache, or what an earlier run lacks of it.

    The Hub's client would begin again at the file's start.
    """
    from huggingface_hub import constants, get_hf_file_metadata, hf_hub_url
    from huggingface_hub.file_download import http_get, repo_folder_name
    from huggingface_hub.utils import build_hf_headers

    url = hf_hub_url(repository, name, **address)
    metadata = get_hf_file_metadata(url)
    if metadata.etag is None:
        raise UserError(f"{where}: the Hub names no checksum")
    folder = repo_folder_name(repo_id=repository, repo_type=address["repo_type"])
    blob = Path(constants.HF_HUB_CACHE) / folder / "blobs" / metadata.etag
    blob.parent.mkdir(parents=True, exist_ok=True)
    unfinished = blob.with_name(f"{metadata.etag}.part")
    with unfinished.open("ab") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)  # until closed: one process at a time
        if blob.exists():
            unfinished.unlink(missing_ok=True)
            return
        done = stream.tell()
        with progress(None, metadata.size, f"{repository}: {name}", "B", done) as bar:
            http_get(
                url,
                stream,
                resume_size=done,
                headers=build_hf_headers(),
                expected_size=metadata.size,
                _tqdm_bar=bar,
            )
        stream.flush()
        digest = _hub_checksum(unfinished, metadata.etag)
        if digest != metadata.etag:
            unfinished.unlink()
            raise UserError(
                f"{where}: its checksum is {digest}, the Hub's is {metadata.etag}; "
                "removed it, run again to fetch it anew"
            )
        unfinished.rename(blob)


def _hub_checksum(path: Path, etag: str) -> str:
    """A file's checksum of the kind that the Hub gives: SHA-256 of a large one, else git's."""
    if len(etag) == 64:
        return checksum(path)
    content = path.read_bytes()
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def forget(cached: Path) -> None:
    """Remove a file from the local cache, content and name."""
    cached.resolve().unlink(missing_ok=True)
    cached.unlink(missing_ok=True)
