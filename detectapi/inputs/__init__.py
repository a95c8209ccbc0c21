"""Each input of a question, once: what it is called, its bounds, and how it is read into a distribution."""
