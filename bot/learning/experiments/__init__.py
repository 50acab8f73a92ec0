"""Experiments: what may be tried, how arms are judged on customer outcomes, and when one must stop."""
