"""When a channel is released, and by whose leave."""
