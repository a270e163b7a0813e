"""Webhooks: events to systems of the operator; their endpoints, signatures and delivery."""
