"""The one training loop, and what each phase trains with it."""
