"""Why documents say what they say, what would change them, and where things stand in what is out."""
