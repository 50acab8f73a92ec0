// Correcting and teaching: progress that moves, words selected in a message that go to their field, keys for the queue.
(() => {
  "use strict";

  function watch(card) {
    const step = card.querySelector(".step");
    const bar = card.querySelector("progress");
    const look = async () => {
      try {
        const answer = await fetch(`/review/runs/${card.dataset.run}`, { headers: { accept: "application/json" } });
        if (!answer.ok) throw new Error(String(answer.status));
        const now = await answer.json();
        if (now.state !== "running") return location.reload();
        if (step.textContent !== now.step) step.textContent = now.step;
        bar.value = now.share;
      } catch { /* the next look may succeed */ }
      setTimeout(look, 1000);
    };
    setTimeout(look, 1000);
  }

  function takeSelections(form, said) {
    let last = null;
    form.addEventListener("focusin", (event) => { if (event.target.classList.contains("words")) last = event.target; });
    document.addEventListener("mouseup", () => {
      const chosen = getSelection();
      const words = chosen.toString().trim();
      if (last && words && said.contains(chosen.anchorNode) && said.contains(chosen.focusNode)) last.value = words;
    });
    form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    });
  }

  function keysFor(queue) {
    const cards = [...queue.querySelectorAll(".proposal")];
    const at = () => cards.findIndex((card) => card.contains(document.activeElement));
    const go = (place) => cards[Math.max(0, Math.min(cards.length - 1, place))]?.querySelector(".decide button")?.focus();
    const press = (decision) => cards[at()]?.querySelector(`button[value="${decision}"]`)?.click();
    const keys = { j: () => go(at() + 1), k: () => go(at() - 1), a: () => press("accept"), r: () => press("refuse") };
    document.addEventListener("keydown", (event) => {
      const typing = event.target.closest("input, select, textarea, [contenteditable]");
      if (!typing && !event.ctrlKey && !event.metaKey && !event.altKey && keys[event.key]) {
        event.preventDefault();
        keys[event.key]();
      }
    });
  }

  document.querySelectorAll(".watch").forEach(watch);
  if (document.querySelector(".refresh")) setTimeout(() => location.reload(), 3000);
  const form = document.querySelector(".correction");
  if (form) takeSelections(form, document.getElementById("said"));
  const queue = document.querySelector(".queue");
  if (queue) keysFor(queue);
})();
