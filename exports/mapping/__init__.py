"""From documents to a receiver's fields: what is put there, how it is made to fit, what would be refused."""
