"""Benchmarks: a big country, and commands that measure against it and print tables."""
