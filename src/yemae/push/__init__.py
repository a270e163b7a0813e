"""Web Push: how a browser is notified with its tab closed, by the push service of its maker."""
