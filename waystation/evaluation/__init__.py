"""A fine-tuned model on the rows of a task: predictions, points, times."""
