"""The Hugging Face Hub and its layout of data sets; the only room that asks the Hub."""
