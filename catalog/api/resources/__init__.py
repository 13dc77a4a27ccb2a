"""What can be read and written, one file per resource."""
