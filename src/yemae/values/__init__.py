"""Text, moments, amounts of money and the key of a pass. Pure; knows nothing else."""
