"""Every reader of the program on inputs that are not as they should be."""
