"""Translating: choosing texts, sending them out and taking them back, remembering, translating by machine."""
