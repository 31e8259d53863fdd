"""Releases that no Hub has, turned into rows in the Hub's layout; one module each."""
