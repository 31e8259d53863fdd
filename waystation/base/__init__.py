"""Errors, progress bars, memory and the process: what every room may use; in no digest."""
