"""What answers cost: texts in, predictions out, under MLPerf's load generator, block by block"""
