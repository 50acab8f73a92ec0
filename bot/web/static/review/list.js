// The list by keyboard: up and down, open, choose, flag, done.
import { comesIntoView, isForThePage, sent, tell } from "./keys.js";

const rows = [...document.querySelectorAll(".found-row")];
let here = -1;

function go(to) {
  if (to < 0 || to >= rows.length) return;
  rows[here]?.classList.remove("here");
  here = to;
  rows[here].classList.add("here");
  rows[here].querySelector(".opening").focus({ preventScroll: true });
  comesIntoView(rows[here]);
}

async function note(action) {
  const row = rows[here];
  if (!row) return;
  try {
    const stands = await sent(`/review/note/${encodeURIComponent(row.dataset.id)}`, { action });
    row.classList.toggle("flagged", stands.flags.length > 0);
    row.classList.toggle("is-done", stands.state === "done");
    tell(action === "flag" ? "Flagged." : action === "unflag" ? "Flag taken off." : stands.state === "done" ? "Marked reviewed." : "Marked not reviewed.");
  } catch (problem) {
    tell(problem.message);
  }
}

const does = {
  j: () => go(here + 1),
  k: () => go(Math.max(0, here - 1)),
  x: () => rows[here]?.querySelector("input").click(),
  f: () => note(rows[here]?.classList.contains("flagged") ? "unflag" : "flag"),
  d: () => note(rows[here]?.classList.contains("is-done") ? "new" : "done"),
  n: () => document.getElementById("next-page")?.click(),
  "/": () => document.getElementById("search").focus(),
};

document.addEventListener("keydown", (event) => {
  if (!isForThePage(event) || !does[event.key]) return;
  event.preventDefault();
  does[event.key]();
});

for (const [place, row] of rows.entries()) {
  row.addEventListener("focusin", () => {
    rows[here]?.classList.remove("here");
    here = place;
    row.classList.add("here");
  });
}

const whole = document.getElementById("choose-page");
if (whole) {
  whole.hidden = document.getElementById("choose-page-words").hidden = false;
  whole.addEventListener("change", () => rows.forEach((row) => (row.querySelector("input").checked = whole.checked)));
}

const box = document.getElementById("filter-box");
if (box && matchMedia("(max-width: 62rem)").matches) box.open = false;
