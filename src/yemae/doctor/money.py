"""What is checked of the settings that decide about money."""

from yemae.doctor.findings import Finding, found
from yemae.settings import Settings


def check_top_ups(settings: Settings) -> Finding:
    """Whether money has to be paid for what comes into a wallet."""
    match settings.top_ups():
        case "free" if settings.server.mode == "production":
            return found("top_ups.free_in_production")
        case "free":
            return found("top_ups.free")
        case "card":
            return found("top_ups.card")
        case "off":
            return found("top_ups.off")
