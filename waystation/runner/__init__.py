"""A suite run through DVC, several stages at once."""
