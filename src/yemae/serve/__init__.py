"""`yemae serve`: the parent of the server processes."""
