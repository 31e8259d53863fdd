"""The frame around every stage: its command line, inputs, outputs and digests; in no digest."""
