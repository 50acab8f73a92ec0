"""Learning: turns corrections and outcomes into training data, evidence and measurements."""
