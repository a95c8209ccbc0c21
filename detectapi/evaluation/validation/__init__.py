"""How the model fares against what studies saw: each study simulated as it was done, and its statistic scored."""
