"""What is checked of the settings that decide about money."""

from yemae.doctor.findings import Finding, found
from yemae.settings import Settings


def check_top_ups(settings: Settings) -> Finding:
    """Whether money has to be paid for what comes into a wallet."""
    top_ups = settings.top_ups()
    if top_ups == "free" and settings.server.mode == "production":
        return found("top_ups.free_in_production")
    return found(f"top_ups.{top_ups}")
