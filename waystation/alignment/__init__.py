"""Cross-lingual alignment of an encoder's representations, measured without training."""
