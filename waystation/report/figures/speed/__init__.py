"""The pictures of what answers cost: ratios, latencies, throughput, and scores against speed"""
