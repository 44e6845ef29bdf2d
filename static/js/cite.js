/* A button that copies a citation. Without this script the text is there to be marked and copied by hand. */
(() => {
  "use strict";

  if (!navigator.clipboard) return; // only in secure contexts
  for (const button of document.querySelectorAll("button[data-copies]")) {
    const status = button.parentElement.querySelector("[role=status]");
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).textContent.trim());
        status.textContent = button.dataset.copied;
      } catch {
        status.textContent = button.dataset.failed;
      }
    });
  }
})();
