// How long something still lasts. Said aloud once at one minute and once at the end; the page itself says until when.
const MINUTE = 60;

export function startCountdowns(within: ParentNode = document): void {
  for (const bar of within.querySelectorAll<HTMLElement>("[data-countdown]")) start(bar);
}

function start(bar: HTMLElement): void {
  bar.dataset.ends = String(Date.now() + Number(bar.dataset.countdown) * 1000);
  const left = bar.querySelector<HTMLElement>("[data-countdown-left]");
  const say = bar.querySelector<HTMLElement>("[data-countdown-say]");
  const warning = document.querySelector("[data-countdown-warn]");
  if (left) left.hidden = false;
  const tick = (): void => {
    if (!bar.isConnected) {
      clearInterval(timer);
      return;
    }
    const seconds = Math.max(0, Math.round((Number(bar.dataset.ends) - Date.now()) / 1000));
    if (left) left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    const urgent = seconds <= MINUTE;
    if (urgent !== bar.classList.contains("urgent")) {
      bar.classList.toggle("urgent", urgent);
      warning?.classList.toggle("shown", urgent);
      if (say) say.textContent = urgent ? (say.dataset.warning ?? "") : "";
    }
    if (seconds > 0) return;
    clearInterval(timer);
    if (say) say.textContent = say.dataset.over ?? "";
    const next = bar.dataset.expired;
    if (next) setTimeout(() => location.assign(next), 1500);
  };
  const timer = setInterval(tick, 1000);
  tick();
}
