"""Helpers of several tests: a concert, fans, and the reconcile of both stores."""
