"""Benchmarks against peers, and the speech that they and the samples are made of."""
