"""Examples at the end of a command's help."""


def examples(*lines: str) -> str:
    """An epilog of one line for each example; the backspace keeps Typer from joining them."""
    title = "Examples:" if len(lines) > 1 else "Example:"
    return "\n".join(["\b", title, *(f"  {line}" for line in lines)])
