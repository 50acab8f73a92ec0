"""Rasa custom actions, thin: the tracker's message goes to the engine, the engine's message to the dispatcher."""
