"""From knowledge to channels: documents, releases, formats, editions. Reads `catalog`; nothing there knows of it."""
