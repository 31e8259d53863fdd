"""Rows of a source as examples on disk, and predictions beside them."""
