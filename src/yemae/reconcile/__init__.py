"""The reconcile: proof from both stores that sales, payments and admissions add up."""
