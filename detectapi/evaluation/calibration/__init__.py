"""What studies say of the typical values: the knowledge uncertainty of a substance's file, updated by observations."""
