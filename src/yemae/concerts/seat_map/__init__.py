"""Where seats stand, and which of them are taken, as pages draw it."""
