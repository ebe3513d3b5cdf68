// A part of a page that shows itself anew when something has happened: told by a stream of events, which the browser
// resumes by the last id it saw, or by looking every few seconds where there is no stream or it fails. Without this
// the page has a link to itself.
import { startCountdowns } from "./countdown";

const FALLBACK_SECONDS = 10;

export function followLive(): void {
  const part = document.querySelector<HTMLElement>("[data-live]");
  if (part?.id) new Live(part);
}

class Live {
  private source: EventSource | undefined;
  private seen: number;
  private timer = 0;
  private settle = 0;
  private failed = false;

  constructor(private part: HTMLElement) {
    this.seen = Number(part.dataset.liveLast ?? 0);
    this.listen();
    this.wait();
    addEventListener("pagehide", () => this.stop());
    addEventListener("pageshow", (event) => event.persisted && location.reload());
    document.addEventListener("visibilitychange", () => document.hidden || !this.every() || void this.look());
  }

  private listen(): void {
    const events = this.part.dataset.live;
    if (!events) return;
    if (!("EventSource" in window)) {
      this.failed = true;
      return;
    }
    this.source = new EventSource(events);
    const kinds = ["created", "accepted", "declined", "confirmed", "expired", "cancelled", "started", "completed"];
    for (const kind of [...kinds, "no_show", "changed", "change_requested", "change_ended"])
      this.source.addEventListener(`booking.${kind}`, (event) => this.hear(event as MessageEvent<string>));
    this.source.addEventListener("error", () => {
      if (this.source?.readyState !== EventSource.CLOSED) return;
      this.failed = true;
      this.wait();
    });
  }

  private hear(event: MessageEvent<string>): void {
    const id = Number(event.lastEventId);
    if (!(id > this.seen)) return;
    this.seen = id;
    clearTimeout(this.settle);
    this.settle = window.setTimeout(() => void this.look(), 100);
  }

  private every(): number {
    return Number(this.part.dataset.liveEvery ?? 0) || (this.failed && this.part.dataset.live ? FALLBACK_SECONDS : 0);
  }

  private wait(): void {
    clearTimeout(this.timer);
    const seconds = this.every();
    if (seconds) this.timer = window.setTimeout(() => void this.look(), seconds * 1000);
  }

  private async look(): Promise<void> {
    if (!document.hidden) {
      try {
        const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
        const fresh = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(this.part.id);
        if (fresh) this.show(fresh);
        else if (answer.redirected) location.assign(answer.url);
      } catch {
        // The network is away for a moment; the next look may find it.
      }
    }
    this.wait();
  }

  private show(fresh: HTMLElement): void {
    this.seen = Math.max(this.seen, Number(fresh.dataset.liveLast ?? 0));
    if (fresh.dataset.liveState === this.part.dataset.liveState || this.part.querySelector("form[data-sent]")) return;
    const focused = this.part.contains(document.activeElement) ? document.activeElement?.id : undefined;
    const words = fresh.dataset.liveWords ?? "";
    const changed = words !== this.part.dataset.liveWords;
    this.part.replaceWith(fresh);
    this.part = fresh;
    startCountdowns(fresh);
    if (focused !== undefined) (document.getElementById(focused) ?? document.querySelector("main"))?.focus({ preventScroll: true });
    const say = document.querySelector("[data-live-say]");
    if (say && changed) say.textContent = words;
    if (!fresh.dataset.live) this.source?.close();
  }

  private stop(): void {
    this.source?.close();
    clearTimeout(this.timer);
  }
}
