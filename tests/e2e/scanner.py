"""A scanner at the door: it photographs the screen, and has nothing but the public key."""

import base64

from playwright.sync_api import Locator, expect

from helpers.pages import ROOT
from helpers.server import SECRET_KEY
from yemae.orders.ticket_code import Ticket, TicketSigner, read

DECODER = ROOT / "web" / "node_modules" / "jsqr" / "dist" / "jsQR.js"
PUBLIC_KEY = TicketSigner(SECRET_KEY).public_key
WIDTH_MIN_PX = 180
# Light on dark is not tried: not every scanner can read it.
DECODE = """async (photo) => {
    const bytes = Uint8Array.from(atob(photo), (letter) => letter.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes]));
    const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
    canvas.drawImage(image, 0, 0);
    const { data, width, height } = canvas.getImageData(0, 0, image.width, image.height);
    return jsQR(data, width, height, { inversionAttempts: "dontInvert" })?.data ?? null;
}"""


def scan(picture: Locator) -> Ticket:
    """Read the QR code that the browser shows, and check its signature. Raises CodeError."""
    expect(picture).to_be_visible()
    box = picture.bounding_box()
    assert box is not None
    assert box["width"] >= WIDTH_MIN_PX
    # Bars at the edges of a phone's page may cover a part of it where it stands.
    picture.evaluate("picture => picture.scrollIntoView({ block: 'center' })")
    page = picture.page
    page.evaluate(DECODER.read_text(encoding="utf-8"))
    code = page.evaluate(DECODE, base64.b64encode(picture.screenshot()).decode())
    assert code is not None, "no QR code was found"
    return read(code, PUBLIC_KEY)
