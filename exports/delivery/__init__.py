"""Telling others what has happened here."""
