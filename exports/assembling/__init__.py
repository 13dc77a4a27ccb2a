"""Plain data to documents: the same input gives the same bytes, and nothing is looked up."""
