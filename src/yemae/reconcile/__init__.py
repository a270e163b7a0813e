"""The reconcile: proof, read off both stores, that what was sold, paid and let in adds up."""
