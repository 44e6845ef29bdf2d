/* Keeps #questions and #finances up to date: when the live list gains a change, both are taken from the page
 * as the server writes it now. Also unfolds the year that an address ends in, `#finances-2021`.
 * Without this script the page is whole; a reload shows what is new.
 */
(() => {
  "use strict";

  const PARTS = ["questions", "finances"];
  const PAUSE = 3000; // at most one fetch in so many milliseconds: a first reading brings hundreds of changes

  function unfold() {
    const year = document.getElementById(location.hash.slice(1));
    if (!year || !year.matches("details.year") || year.open) return;
    year.open = true;
    year.scrollIntoView();
  }

  async function refresh() {
    const response = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
    if (!response.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const name of PARTS) {
      const old = document.getElementById(name);
      const fresh = page.getElementById(name);
      if (old && fresh) replace(old, fresh);
    }
  }

  function replace(old, fresh) {
    for (const year of fresh.querySelectorAll("details.year")) {
      const known = document.getElementById(year.id);
      if (known) year.open = known.open; // what the reader folded stays so
    }
    if (fresh.innerHTML === old.innerHTML) return;
    const boxes = (part) => part.querySelectorAll(".scroll");
    const title = (box) => box.getAttribute("aria-labelledby");
    const scrolled = new Map([...boxes(old)].map((box) => [title(box), box.scrollLeft]));
    const focus = focused(old);
    old.replaceChildren(...document.adoptNode(fresh).childNodes);
    for (const box of boxes(old)) box.scrollLeft = scrolled.get(title(box)) || 0;
    if (focus) old.querySelector(focus)?.focus({ preventScroll: true });
  }

  // What has the focus, as a selector that finds its like in the new part.
  function focused(part) {
    const here = part.contains(document.activeElement) && document.activeElement;
    if (!here) return null;
    if (here.matches("summary")) return `#${CSS.escape(here.parentElement.id)} > summary`;
    if (here.matches(".scroll")) return `.scroll[aria-labelledby="${CSS.escape(here.getAttribute("aria-labelledby"))}"]`;
    return here.matches("a[href]") ? `a[href="${CSS.escape(here.getAttribute("href"))}"]` : null;
  }

  let timer = 0;
  let last = 0;

  function soon() {
    if (timer) return;
    const spread = 200 + 800 * Math.random(); // not all readers at once
    timer = setTimeout(() => {
      timer = 0;
      last = Date.now();
      refresh().catch(() => {}); // the next change tries again
    }, Math.max(spread, last + PAUSE - Date.now()));
  }

  addEventListener("hashchange", unfold);
  unfold();
  const list = document.querySelector("ol[data-live]");
  if (list) {
    new MutationObserver((seen) => {
      if (seen.some((mutation) => mutation.addedNodes.length)) soon();
    }).observe(list, { childList: true });
  }
})();
