"""What answers cost: the rows of the benchmarks that have run, and their tables in words"""
