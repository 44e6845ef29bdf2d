/* Unfolds the part that an address ends in, `#finances-2021`, and whatever it is folded into.
 * Without this script the page is whole.
 */
(() => {
  "use strict";

  function unfold() {
    const target = document.getElementById(location.hash.slice(1));
    if (!target) return;
    let isFolded = false;
    for (let box = target.closest("details"); box; box = box.parentElement.closest("details")) {
      isFolded ||= !box.open;
      box.open = true;
    }
    if (isFolded) target.scrollIntoView();
  }

  addEventListener("hashchange", unfold);
  unfold();
})();
