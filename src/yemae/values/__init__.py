"""How text, moments and amounts of money look. Pure; knows nothing else."""
