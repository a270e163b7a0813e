"""What several tests use: a concert, fans who act, and the reconcile of both stores."""
