"""What documents are made from: the knowledge of one channel, read in a constant number of queries into plain data."""
