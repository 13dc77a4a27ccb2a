"""The knowledge base: facts and fragments, and everything that describes them. Works without `exports`."""
