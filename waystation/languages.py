"""The one name of a language that every room knows."""

ENGLISH = "en"
