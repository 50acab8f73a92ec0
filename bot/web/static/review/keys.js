// What both pages share: whether a key is meant for the page, and sending a note without leaving it.
"use strict";

export function isForThePage(event) {
  if (event.altKey || event.ctrlKey || event.metaKey) return false;
  if (document.querySelector("dialog[open]")) return false;
  const at = event.target;
  return !(at instanceof HTMLElement && (at.isContentEditable || at.matches("input:not([type=checkbox]):not([type=range]), textarea, select")));
}

export function comesIntoView(element, block = "nearest") {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  element.scrollIntoView({ block, behavior: calm ? "auto" : "smooth" });
}

export async function sent(address, fields, again = true) {
  const token = document.querySelector('meta[name="csrf"]');
  const answer = await fetch(address, {
    method: "POST",
    headers: { "X-CSRF-Token": token.content, Accept: "application/json" },
    body: new URLSearchParams(fields),
  });
  if (!answer.ok) {
    const told = await answer.json().catch(() => ({}));
    if (told.csrf && again) {
      token.content = told.csrf;
      return sent(address, fields, false);
    }
    throw new Error(told.error ? `${told.error} ${told.do || ""}` : "It could not be saved. Try again.");
  }
  return answer.json();
}

export function tell(text) {
  let place = document.getElementById("told");
  if (!place) {
    place = document.createElement("p");
    place.id = "told";
    place.className = "unseen";
    place.setAttribute("role", "status");
    document.body.append(place);
  }
  place.textContent = text;
}
