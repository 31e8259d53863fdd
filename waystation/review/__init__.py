"""What a change did to a suite's results: two revisions held side by side, as one comment.

All comes from git and DVC's cache. Nothing is checked out or run.
"""
