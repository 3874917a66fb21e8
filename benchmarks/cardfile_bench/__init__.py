"""Benchmarks: Cardfile against SQL written by hand, in one process, over the same data."""
