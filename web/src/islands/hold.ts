// A hold that ends or lasts longer because of another window is shown here too. The countdown itself runs without this.
export function followHold(): void {
  const bar = document.querySelector<HTMLElement>("[data-hold]");
  if (!bar?.dataset.hold || !("EventSource" in window)) return;
  const source = new EventSource(`/api/v1/holds/${bar.dataset.hold}/events`);
  const leave = (): void => {
    source.close();
    location.assign(bar.dataset.expired ?? location.pathname);
  };
  source.addEventListener("hold.renewed", (event) => {
    const { expires_at } = JSON.parse((event as MessageEvent<string>).data) as { expires_at: string };
    lengthen(bar, expires_at);
  });
  for (const ended of ["hold.released", "hold.expired", "hold.used"]) source.addEventListener(ended, leave);
  addEventListener("pagehide", () => source.close());
  // What is being sent leads to its own page.
  document.addEventListener("submit", () => source.close());
}

function lengthen(bar: HTMLElement, expires: string): void {
  const more = Date.parse(expires) - Date.parse(bar.dataset.expires ?? "");
  if (!(more > 0)) return;
  bar.dataset.expires = expires;
  bar.dataset.ends = String(Number(bar.dataset.ends) + more);
  const time = bar.querySelector("time");
  const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: bar.dataset.zone });
  if (time) time.textContent = clock.format(new Date(expires));
  document.querySelector("[data-countdown-warn] button")?.remove();
}
