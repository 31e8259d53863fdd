"""The pocket world: meanings, languages that say them, and tasks as rows in the Hub's columns."""
