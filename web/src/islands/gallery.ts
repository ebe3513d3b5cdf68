// The pictures of a listing, large, one at a time. Without this each picture is a link to itself.
export function openGallery(): void {
  const gallery = document.querySelector<HTMLElement>("[data-gallery]");
  if (!gallery) return;
  const photos = [...gallery.querySelectorAll<HTMLAnchorElement>("a[data-photo]")];
  const dialog = document.createElement("dialog");
  dialog.className = "lightbox";
  dialog.setAttribute("aria-label", "Photos");
  dialog.innerHTML = `<header><p aria-live="polite"></p><button class="button button-small" type="button" data-close>Close</button></header>
    <figure><img alt=""></figure>
    <footer><button class="button" type="button" data-step="-1">Previous</button><button class="button" type="button" data-step="1">Next</button></footer>`;
  const image = dialog.querySelector("img") as HTMLImageElement;
  const where = dialog.querySelector("p") as HTMLParagraphElement;
  let at = 0;
  const show = (index: number): void => {
    at = (index + photos.length) % photos.length;
    const photo = photos[at];
    image.src = photo.href;
    image.alt = photo.querySelector("img")?.alt ?? "";
    where.textContent = `${at + 1} of ${photos.length}`;
  };
  const open = (index: number): void => {
    if (!dialog.isConnected) document.body.append(dialog);
    show(index);
    dialog.showModal();
  };
  for (const [index, photo] of photos.entries()) {
    photo.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      open(index);
    });
  }
  const all = gallery.querySelector<HTMLButtonElement>("[data-gallery-open]");
  if (all) {
    all.hidden = false;
    all.addEventListener("click", () => open(0));
  }
  dialog.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("button");
    if (button?.dataset.step) show(at + Number(button.dataset.step));
    else if (button || event.target === dialog || (event.target as Element).matches("figure")) dialog.close();
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowRight") show(at + 1);
    if (event.key === "ArrowLeft") show(at - 1);
  });
  dialog.addEventListener("close", () => photos[at]?.focus({ preventScroll: true }));
}
