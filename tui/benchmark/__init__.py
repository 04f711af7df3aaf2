"""The Benchmark screen: runs of the bench, live and stored."""
