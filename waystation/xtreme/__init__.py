"""XTREME and XTREME-R: their tasks and averages, their files."""
