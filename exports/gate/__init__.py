"""What a channel lets through: judging what is amiss with documents, and settling what becomes of them. Pure."""
