// Whoever signs out leaves nothing of customers on this device; what has not been sent yet is asked about first.
"use strict";

for (const form of document.querySelectorAll("form[data-leave]")) {
  form.addEventListener("submit", (event) => {
    const mine = keysOf(`advisor.call.${form.dataset.leave}.`);
    const waiting = mine.filter((key) => key.endsWith(".waiting"));
    const ask = "Some of what you noted in a call has not been sent yet. Sign out and throw it away?";
    if (waiting.length && !window.confirm(ask)) { event.preventDefault(); return; }
    for (const key of mine) { localStorage.removeItem(key); sessionStorage.removeItem(key); }
    if ("caches" in window) caches.delete("advisor-call");
  });
}

function keysOf(start) {
  try {
    return [...Object.keys(localStorage), ...Object.keys(sessionStorage)].filter((key) => key.startsWith(start));
  } catch { return []; }
}
