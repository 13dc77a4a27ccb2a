"""The catalogue, by two roads to the same pages: chapter by chapter with tags, or pasted up of chunks."""
