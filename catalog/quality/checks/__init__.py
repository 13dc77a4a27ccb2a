"""The checks, one file each; catalog.quality.registry lists them."""
