"""Long work on the database we already have: what is asked for in a request runs in a worker."""
