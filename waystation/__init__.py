"""What does English intermediate-task training do to a multilingual encoder? The nouns."""
