"""What translating needs to know of texts: segments, memory matches, terms, XLIFF, machine translation. No database."""
