"""All writes to the knowledge base. Each is atomic, takes an actor, and records what it touched."""
