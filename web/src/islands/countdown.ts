// How long a hold still lasts. Said aloud at one minute and at the end only; the page itself says until when.
export function startCountdowns(): void {
  for (const bar of document.querySelectorAll<HTMLElement>("[data-countdown]")) {
    const ends = Date.now() + Number(bar.dataset.countdown) * 1000;
    const left = bar.querySelector<HTMLElement>("[data-countdown-left]");
    const say = bar.querySelector<HTMLElement>("[data-countdown-say]");
    if (left) left.hidden = false;
    let warned = false;
    const tick = (): void => {
      const seconds = Math.max(0, Math.round((ends - Date.now()) / 1000));
      if (left) left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      if (seconds <= 60 && !warned) {
        warned = true;
        bar.classList.add("urgent");
        if (say) say.textContent = "One minute left to book these nights.";
      }
      if (seconds > 0) return;
      clearInterval(timer);
      if (say) say.textContent = "The time to book has run out.";
      if (bar.dataset.expired) setTimeout(() => location.assign(bar.dataset.expired ?? "/"), 1500);
    };
    const timer = setInterval(tick, 1000);
    tick();
  }
}
