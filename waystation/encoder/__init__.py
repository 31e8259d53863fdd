"""XLM-R and its relatives without padding: modules, checkpoints, tokenizers, devices."""
