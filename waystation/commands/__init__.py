"""One module a command of `python -m waystation`; the file's name is the command's."""
