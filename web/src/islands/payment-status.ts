// The page that waits for a payment: follows its events and moves on when there is news. Without this script the page
// asks again by itself every two seconds; should the stream fail, so does this one.

const POLL_MS = 2000;

function follow(box: HTMLElement): void {
  const status = box.dataset.status ?? location.pathname;
  const words = box.querySelector<HTMLElement>("[data-payment-words]");
  const move = (): void => location.replace(status);
  if (!("EventSource" in window)) {
    setTimeout(move, POLL_MS);
    return;
  }
  const source = new EventSource(box.dataset.events ?? "");
  const say = (text: string): void => {
    if (words) words.textContent = text;
  };
  const leave = (text: string) => (): void => {
    source.close();
    say(text);
    move();
  };
  // Everything so far comes first, so an old failure may precede the try that is under way: only the last one counts.
  let last: (() => void) | undefined;
  let settle: number | undefined;
  const note = (next: (() => void) | undefined): void => {
    last = next;
    clearTimeout(settle);
    settle = window.setTimeout(() => last?.(), 150);
  };
  source.addEventListener("payment.processing", () => note(undefined));
  source.addEventListener("payment.needs_action", () => note(leave("Your bank asks you to confirm.")));
  source.addEventListener("payment.delayed", () => note(leave("The payment service is not answering. Your place is kept; we try again.")));
  source.addEventListener("payment.authorised", () => note(leave("Reserved. One moment…")));
  source.addEventListener("payment.completed", () => note(leave("Paid. One moment…")));
  source.addEventListener("payment.failed", () => note(leave("The payment did not go through.")));
  source.addEventListener("payment.refunded", () => note(leave("One moment…")));
  source.addEventListener("error", () => {
    if (source.readyState === EventSource.CLOSED) setTimeout(move, POLL_MS);
  });
}

document.querySelectorAll<HTMLElement>("[data-payment-status]").forEach(follow);

export {};
