"""Finished PDFs: their pages drawn, read and compared, by the processes of the press and within its limits."""
