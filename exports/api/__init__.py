"""What channels pull over HTTP."""
