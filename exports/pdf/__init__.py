"""The paged-media engine: HTML to pages, pages to one PDF. Knows documents and files; no Django, no database."""
