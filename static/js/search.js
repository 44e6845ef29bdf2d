/* The search boxes: proposals while somebody types, and the municipalities near the browser's position.
 * Proposals are lines that the server writes. Without this script the box is a form with a page of results.
 * A combobox as in https://www.w3.org/WAI/ARIA/apg/patterns/combobox/: arrows choose, Enter goes, Escape closes.
 */
(() => {
  "use strict";

  const PAUSE = 180; // milliseconds without a key before the server is asked
  const LEAST = 2; // letters

  function setUp(form, number) {
    const input = form.querySelector("input[name=q]");
    const box = document.createElement("div");
    const id = `proposals-${number}`;
    box.className = "proposals";
    box.hidden = true;
    form.querySelector(".find-row").append(box);
    for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", id]]) {
      input.setAttribute(name, value);
    }
    let chosen = -1;
    let timer = 0;
    let asked = null;

    const lines = () => [...box.querySelectorAll("[role=option]")];

    function close() {
      clearTimeout(timer);
      asked?.abort();
      box.hidden = true;
      box.replaceChildren();
      choose(-1);
      input.setAttribute("aria-expanded", "false");
    }

    function choose(at) {
      const all = lines();
      chosen = all.length ? at : -1;
      all.forEach((line, place) => line.setAttribute("aria-selected", String(place === chosen)));
      if (chosen >= 0) {
        input.setAttribute("aria-activedescendant", all[chosen].id);
        all[chosen].scrollIntoView({ block: "nearest" });
      } else {
        input.removeAttribute("aria-activedescendant");
      }
    }

    async function ask() {
      const q = input.value.trim();
      if (q.length < LEAST) return close();
      asked?.abort();
      asked = new AbortController();
      const address = `${form.action}?fragment=proposals&q=${encodeURIComponent(q)}`;
      const response = await fetch(address, { signal: asked.signal, headers: { Accept: "text/html" } });
      if (!response.ok && response.status !== 400) return close(); // the form itself still works
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      if (q !== input.value.trim() || document.activeElement !== input) return;
      box.replaceChildren(...document.adoptNode(page.body).childNodes);
      const list = box.querySelector("[role=listbox]");
      if (list) list.id = id;
      lines().forEach((line, place) => { line.id = `${id}-${place}`; });
      box.hidden = false;
      input.setAttribute("aria-expanded", String(Boolean(list)));
      choose(-1);
    }

    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => ask().catch(() => {}), PAUSE); // given up for a newer one, or no network
    });
    input.addEventListener("keydown", (event) => {
      const all = lines();
      const open = !box.hidden && all.length;
      if (event.key === "Escape" && open) {
        close();
      } else if (event.key === "ArrowDown" && !open) {
        ask().catch(() => {});
      } else if (event.key === "ArrowDown") {
        choose((chosen + 1) % all.length);
      } else if (event.key === "ArrowUp" && open) {
        choose(chosen > 0 ? chosen - 1 : all.length - 1);
      } else if (event.key === "Enter" && open && chosen >= 0) {
        location.assign(all[chosen].dataset.href);
      } else {
        return;
      }
      event.preventDefault();
    });
    input.addEventListener("blur", close);
    box.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus
    box.addEventListener("click", (event) => {
      const line = event.target.closest("[role=option]");
      if (line) location.assign(line.dataset.href);
    });
    near(form);
  }

  function near(form) {
    const button = form.querySelector("button.near");
    const status = form.querySelector("[role=status]");
    if (!button || !navigator.geolocation || !window.isSecureContext) return;
    const { asking, refused, unknown, late } = button.dataset;
    button.dataset.near = "on";
    button.addEventListener("click", () => {
      status.textContent = asking;
      navigator.geolocation.getCurrentPosition(
        // To about a kilometre: a municipality needs no more.
        ({ coords }) => location.assign(`${form.action}?near=${coords.latitude.toFixed(2)},${coords.longitude.toFixed(2)}`),
        (error) => { status.textContent = [refused, unknown, late][error.code - 1]; },
        { timeout: 15000, maximumAge: 600000 },
      );
    });
  }

  document.querySelectorAll("form.find").forEach(setUp);
})();
