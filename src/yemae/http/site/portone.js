// Opens PortOne's payment window for the page's one payment, and goes back when it is over.
// The server checks what was paid; nothing that is changed here gives a ticket.
"use strict";
const page = document.getElementById("payment");
const button = document.getElementById("pay");
const said = document.getElementById("said");
const back = new URL(page.dataset.back, location.origin).href;

function failed(why) {
  said.textContent = why ? `${page.dataset.failed} ${why}` : page.dataset.failed;
  button.disabled = false;
}

async function pay() {
  button.disabled = true;
  said.textContent = page.dataset.wait;
  try {
    const answer = await PortOne.requestPayment({
      storeId: page.dataset.store,
      channelKey: page.dataset.channel,
      paymentId: page.dataset.payment,
      orderName: page.dataset.name,
      totalAmount: Number(page.dataset.amount),
      currency: page.dataset.currency,
      payMethod: page.dataset.method.toUpperCase(),
      redirectUrl: back,
    });
    // No answer: the browser is on its way to another page.
    if (answer === undefined) return;
    if (answer.code === undefined) location.assign(back);
    else failed(answer.message);
  } catch (error) {
    failed(error instanceof ReferenceError ? "" : error.message);
  }
}

button.addEventListener("click", pay);
pay();
