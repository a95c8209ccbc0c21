"""Own observations: rows of a laboratory or of a study that are read, fitted, forecast and made up."""
