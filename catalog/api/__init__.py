"""Writing and reading the knowledge base over HTTP. Parses, calls one operation or queryset, presents."""
