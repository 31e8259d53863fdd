"""What can go wrong between here and the Hub: what is worth waiting for, what a person can do.

The Hub's client repeats some requests itself (listings, a file's 429 or orderly cut), but not a
question about a repository, a file's 503 or a connection that is reset: those are repeated here,
for a bounded time.
"""

import errno
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from waystation.base.errors import UserError

WAITS_SEC = (1, 2, 4, 8, 16)  # before each further try, where the server names no time
LONGEST_WAIT_SEC = 300  # the Hub counts requests in windows of five minutes
PATIENCE_SEC = 900  # no further try after that
BUSY = (408, 429, 500, 502, 503, 504)
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def patiently(where: str, call: Callable):
    """The result of a call, repeated where only time is missing; every wait is said on stderr."""
    started = time.monotonic()
    for wait in WAITS_SEC:
        try:
            return call()
        except Exception as problem:
            passing = _passing(problem)
            if passing is None or time.monotonic() - started > PATIENCE_SEC:
                raise
            seconds = min(_asked(passing, wait), LONGEST_WAIT_SEC)
            print(f"hub: {where}: {_brief(passing)}; again in {seconds} s", file=sys.stderr)
        time.sleep(seconds)
    return call()


@contextmanager
def explained(where: str) -> Iterator[None]:
    """Say what went wrong, where, and what to do about it, in place of a stack trace."""
    try:
        yield
    except UserError:
        raise
    except Exception as problem:
        text = _explanation(problem)
        if text is None:
            raise
        raise UserError(f"{where}: {text}") from None


def _chain(problem: BaseException) -> Iterator[BaseException]:
    """An exception and what led to it, also where a library has hidden that."""
    link: BaseException | None = problem
    for _ in range(10):
        if link is None:
            return
        yield link
        link = link.__cause__ or link.__context__


def _passing(problem: Exception) -> Exception | None:
    """What led to a problem, if it may be over when one tries again."""
    from huggingface_hub.errors import HfHubHTTPError
    from huggingface_hub.utils import httpx

    for cause in _chain(problem):
        if isinstance(cause, OSError) and cause.errno in FULL:
            return None
        if isinstance(cause, HfHubHTTPError):
            return cause if cause.response.status_code in BUSY else None
        if isinstance(cause, httpx.TransportError):
            return None if isinstance(cause, httpx.ProxyError) else cause
        if isinstance(cause, OSError) and "Consistency check failed" in str(cause):
            return cause
    return None


def _asked(problem: Exception, wait: int) -> int:
    """Seconds that the server asks for, else `wait`."""
    response = getattr(problem, "response", None)
    asked = response.headers.get("Retry-After", "") if response is not None else ""
    return int(asked) if asked.isdigit() else wait


def _brief(problem: Exception) -> str:
    response = getattr(problem, "response", None)
    if response is not None:
        return f"the Hub answers {response.status_code} {response.reason_phrase}"
    return f"{type(problem).__name__} {problem}".strip().splitlines()[0]


def _explanation(problem: Exception) -> str | None:
    """A sentence for a person; None for what is no one's doing but the code's."""
    from huggingface_hub import constants, errors
    from huggingface_hub.utils import httpx

    for cause in _chain(problem):
        if isinstance(cause, OSError) and cause.errno in FULL:
            return f"{os.strerror(cause.errno)}; files from the Hub lie in {constants.HF_HOME}"
        if isinstance(cause, errors.OfflineModeIsEnabled):
            return (
                f"is not in the local cache ({constants.HF_HOME}) and HF_HUB_OFFLINE is set; "
                "unset it, or run once where there is a network"
            )
        if isinstance(cause, errors.HfHubHTTPError):
            return _refusal(cause, constants.ENDPOINT)
        if isinstance(cause, httpx.TransportError):
            return f"cannot reach {constants.ENDPOINT} ({_brief(cause)}); is there a network?"
    if isinstance(problem, (FileNotFoundError, errors.RevisionResolutionError)):
        return " ".join(str(problem).split())
    return None


def _refusal(problem: Any, endpoint: str) -> str:
    """What an answer with an error status means."""
    from huggingface_hub import errors

    status = problem.response.status_code
    if isinstance(problem, errors.GatedRepoError):
        agree = f"accept its terms on its page at {endpoint}"
        known = "your token's account has not agreed" if status == 403 else "it asks who you are"
        return f"gated ({status}: {known}); {agree}, then `hf auth login` or set HF_TOKEN"
    if isinstance(problem, errors.DisabledRepoError):
        return "the Hub has disabled this repository"
    if isinstance(problem, errors.RevisionNotFoundError):
        return "the repository has no such revision"
    if isinstance(problem, errors.RemoteEntryNotFoundError):
        return "there is no such file"
    if isinstance(problem, errors.RepositoryNotFoundError):
        private = "if it is private, `hf auth login` or set HF_TOKEN"
        return f"{endpoint} has no such repository, or not for you ({status}); {private}"
    if status in (401, 403):
        return (
            f"not allowed ({status}); `hf auth login` or set HF_TOKEN to a token that may read it"
        )
    if status in BUSY:
        return f"{_brief(problem)}, also after waiting; try again later: what was fetched is kept"
    return _brief(problem)
