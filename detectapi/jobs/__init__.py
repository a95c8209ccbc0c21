"""Jobs: batches of a server. A database has their record; worker processes compute them."""
