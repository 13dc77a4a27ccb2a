"""What products are filtered by, one small class each."""
