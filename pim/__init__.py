"""The Tessera site: settings, URLs and server entry points."""
