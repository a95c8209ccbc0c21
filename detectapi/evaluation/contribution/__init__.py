"""What a contributor of a substance needs: a file to start from, and everything that is checked of it."""
