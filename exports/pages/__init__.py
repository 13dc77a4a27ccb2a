"""Pages of editions: how they look, what stands on them, and what changed between two editions."""
