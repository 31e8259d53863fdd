"""Say what a change did to the results: two revisions side by side, as one Markdown comment.

Paired differences with intervals, what changed and which stages ran again for it, what is missing,
and pictures, as files. All from git and DVC's cache: nothing is checked out or run. Ends
with status 1 where a score falls by more than `review_margins` of the later revision allows.

  python -m waystation review main my-branch
  python -m waystation review HEAD~1 HEAD --suite small --out /tmp/review
"""

import argparse
import sys
from pathlib import Path

from waystation.base.errors import UserError, choose
from waystation.review import comment, pictures, reasons, verdicts
from waystation.review.comment import Review
from waystation.review.revisions import Cache, Revision, Suite, read_revision, read_suite
from waystation.review.scored import compare


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("base", help="the revision before: a branch, a tag, a commit")
    parser.add_argument("head", nargs="?", default="HEAD", help="the one after (default: HEAD)")
    parser.add_argument(
        "--suite", action="append", help="review this suite (default: all whose dvc.lock differs)"
    )
    parser.add_argument(
        "--fetch", action="store_true", help="get what this cache lacks from DVC's remote first"
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path(".scratch/review"),
        help="folder for comment.md, all.md and the pictures (default: .scratch/review)",
    )


def main(options: argparse.Namespace) -> int:
    base, head = read_revision(options.base), read_revision(options.head)
    pairs = suites(base, head, options.suite)
    for suite in (suite for pair in pairs for suite in pair if options.fetch):
        suite.fetch()
    options.out.mkdir(parents=True, exist_ok=True)
    reviews = [review(before, after, options.out) for before, after in pairs]
    command = f"python -m waystation review {base.short} {head.short}"
    whole = comment.whole(reviews, reasons.code(base, head), command)
    (options.out / "all.md").write_text(whole, encoding="utf-8")
    text = comment.cut(whole, command)
    (options.out / "comment.md").write_text(text, encoding="utf-8")
    print(text)
    print(f"written: {options.out}", file=sys.stderr)
    return 1 if any(entry.failures for entry in reviews) else 0


def suites(base: Revision, head: Revision, names: list[str] | None) -> list[tuple[Suite, Suite]]:
    """The suites to review, in both revisions."""
    cache, pairs = Cache(), []
    known = []
    for file in head.suite_files():
        lock = file.removesuffix(".yaml") + ".lock"
        if names or base.text(lock) != head.text(lock):
            before, after = (read_suite(revision, file, cache) for revision in (base, head))
            if before and after:
                pairs.append((before, after))
                known.append(after.name)
    for name in names or []:
        choose(name, known, "suite", "--suite")
    chosen = [pair for pair in pairs if not names or pair[1].name in names]
    if not chosen:
        raise UserError(
            f"no suite that both revisions have run has another dvc.lock in {head.name} than in "
            f"{base.name}; --suite NAME reviews one all the same"
        )
    return chosen


def review(base: Suite, head: Suite, out: Path) -> Review:
    scored = compare(base, head, head.params["report"]["resamples"])
    return Review(
        base=base,
        head=head,
        scored=scored,
        pictures=pictures.draw(base, head, scored, out),
        failures=verdicts.failures(
            head.params.get("review_margins", {}), scored.moved, sorted(scored.tasks)
        ),
    )
