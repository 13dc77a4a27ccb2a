"""What people open in a browser: pages of products, pictures, the start page."""
