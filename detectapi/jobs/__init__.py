"""Jobs: batches that a server keeps a record of, computes somewhere, and brings to their end."""
