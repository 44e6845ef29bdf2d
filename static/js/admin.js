/* Gives the fields of Django's admin a name where it gives them none: the boxes that stand in for a select with a
 * search, and the two halves of a moment; and of its theme.
 */
(() => {
  "use strict";

  const labelOf = (element) => element.closest(".form-row, .field-box, fieldset")?.querySelector("label, legend");

  function nameBoxes() {
    for (const box of document.querySelectorAll(".select2-selection, .select2-selection [role=textbox]")) {
      const label = labelOf(box);
      if (!label) continue;
      box.setAttribute("aria-label", label.textContent.trim().replace(/:$/, ""));
      box.removeAttribute("aria-labelledby"); // what it shows: nothing, as long as nothing is chosen
    }
  }

  function nameHalves(kind, word) {
    for (const input of document.querySelectorAll(`input.${kind}`)) {
      const label = labelOf(input)?.textContent.trim().replace(/:$/, "");
      if (label && !input.labels.length) input.setAttribute("aria-label", `${label}: ${word}`);
    }
  }

  // A head over nothing is none.
  function dropEmptyHeads() {
    for (const head of document.querySelectorAll("thead th:empty")) head.replaceWith(document.createElement("td"));
  }

  // Boxes that scroll are regions, each with the same name as the theme has them.
  function nameScrollers() {
    document.querySelectorAll(".simplebar-content-wrapper[role=region]").forEach((box, number) => {
      const name = `Part ${number + 1} that scrolls`;
      if (box.getAttribute("aria-label") !== name) box.setAttribute("aria-label", name);
    });
  }

  function nameAll() {
    nameBoxes();
    nameHalves("vDateField", "date");
    nameHalves("vTimeField", "time");
    nameScrollers();
    dropEmptyHeads();
  }

  // The theme's scripts make some of these at their own time.
  new MutationObserver(nameAll).observe(document.documentElement, { childList: true, subtree: true });
  addEventListener("load", nameAll);
})();
