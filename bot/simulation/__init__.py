"""Simulated customers, for evaluation, load and demonstration data."""
