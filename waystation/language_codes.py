"""Codes of languages, as tasks and metrics know them."""

import re

PRIVATE_USE = re.compile(r"q[a-t][a-z]")
# Of XTREME and XTREME-R together.
EVERY_LANGUAGE = (
    "af", "ar", "az", "bg", "bn", "de", "el", "en", "es", "et", "eu", "fa", "fi", "fr", "gu", "he",
    "hi", "ht", "hu", "id", "it", "ja", "jv", "ka", "kk", "ko", "lt", "ml", "mr", "ms", "my", "nl",
    "pa", "pl", "pt", "qu", "ro", "ru", "sw", "ta", "te", "th", "tl", "tr", "uk", "ur", "vi", "wo",
    "yo", "zh",
)  # fmt: skip
