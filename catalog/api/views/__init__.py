"""What is answered at the addresses of a resource; the same classes serve all resources."""
