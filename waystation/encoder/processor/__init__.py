"""What is faster on the processor than torch's own: parts of a training step of large models."""
