// Reading by keyboard: through the turns and the list, flag, tag, done; how things stood follows the turn.
import { comesIntoView, isForThePage, sent, tell } from "./keys.js";

const reader = document.getElementById("reader");
const transcript = document.getElementById("transcript");
const slider = document.getElementById("at-turn");
const words = document.getElementById("at-turn-words");
const standing = document.getElementById("standing");
const id = encodeURIComponent(reader.dataset.id);
const query = reader.dataset.query;
const total = Number(reader.dataset.turns);
let waiting = 0;

const turns = () => [...transcript.querySelectorAll(".talk-turn")];
const here = () => transcript.querySelector(".talk-turn.here");

async function show(seq) {
  slider.value = seq;
  words.textContent = `turn ${seq} of ${total}`;
  const mine = ++waiting;
  const answer = await fetch(`/review/standing/${id}?turn=${seq}`);
  if (answer.ok && mine === waiting) standing.innerHTML = await answer.text();
}

let later = 0;
function showSoon(seq) {
  words.textContent = `turn ${seq} of ${total}`;
  clearTimeout(later);
  later = setTimeout(() => show(seq), 120);
}

function go(turn, focus = true) {
  if (!turn) return;
  here()?.classList.remove("here");
  turn.classList.add("here");
  if (focus) {
    turn.tabIndex = -1;
    turn.focus({ preventScroll: true });
  }
  comesIntoView(turn, focus ? "start" : "nearest");
  showSoon(turn.dataset.seq);
}

async function step(by) {
  const all = turns();
  const place = all.indexOf(here());
  if (by > 0 && place === all.length - 1) await more();
  go(turns()[place < 0 ? 0 : place + by]);
}

async function more() {
  const link = document.getElementById("go-on");
  if (!link || link.dataset.loading) return;
  link.dataset.loading = "yes";
  const answer = await fetch(`/review/turns/${id}?after=${link.dataset.after}&${query}`);
  if (!answer.ok) {
    delete link.dataset.loading;
    return;
  }
  const piece = document.createElement("template");
  piece.innerHTML = await answer.text();
  link.parentElement.replaceWith(piece.content);
  watch();
}

function watch() {
  const link = document.getElementById("go-on");
  if (!link) return;
  new IntersectionObserver((seen, watcher) => {
    if (!seen.some((one) => one.isIntersecting)) return;
    watcher.disconnect();
    more();
  }, { rootMargin: "600px" }).observe(link);
}

async function note(fields) {
  try {
    stand(await sent(`/review/note/${id}`, fields));
  } catch (problem) {
    tell(problem.message);
  }
}

function stand({ state, tags, flags }) {
  for (const button of document.querySelectorAll("#states [data-state]")) {
    const on = button.dataset.state === state;
    button.setAttribute("aria-pressed", on);
    button.value = on ? "new" : button.dataset.state;
  }
  press(document.getElementById("flag"), flags.includes(0), "Flag", "Flag");
  for (const turn of turns()) {
    const on = flags.includes(Number(turn.dataset.seq));
    turn.classList.toggle("flagged", on);
    press(turn.querySelector(".flag"), on, "Flagged", "Flag");
  }
  const list = document.getElementById("tags");
  list.replaceChildren(...tags.map(tagged));
  const named = { new: "not reviewed", open: "in review", done: "reviewed" };
  tell(`Saved: ${named[state]}, ${tags.length} tags, ${flags.length} flags.`);
}

function press(button, on, pressed, not) {
  button.setAttribute("aria-pressed", on);
  button.value = on ? "unflag" : "flag";
  button.textContent = on ? pressed : not;
}

function tagged(tag) {
  const item = document.createElement("li");
  const name = Object.assign(document.createElement("span"), { className: "tag", textContent: tag });
  const off = Object.assign(document.createElement("button"), { className: "quiet-x", type: "button", textContent: "×" });
  off.setAttribute("aria-label", `Take tag ${tag} off`);
  off.addEventListener("click", () => note({ action: "untag", value: tag }));
  item.append(name, " ", off);
  return item;
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches(".note-form, .flag-form, .tags-on form")) return;
  event.preventDefault();
  const fields = Object.fromEntries(new FormData(form));
  note({ ...fields, action: event.submitter ? event.submitter.value : "tag" });
  if (form.id === "tag-form") form.reset();
});

const does = {
  j: () => document.getElementById("following")?.click(),
  k: () => document.getElementById("previous")?.click(),
  "]": () => step(1),
  "[": () => step(-1),
  ArrowDown: () => step(1),
  ArrowUp: () => step(-1),
  Enter: () => { const reasons = here()?.querySelector(".reasons"); if (reasons) reasons.open = !reasons.open; },
  f: () => here()?.querySelector(".flag").click(),
  F: () => document.getElementById("flag").click(),
  t: () => document.getElementById("tag").focus(),
  d: () => document.querySelector('#states [data-state="done"]').click(),
  e: () => here()?.querySelector("[data-correct]")?.click(),
  u: () => document.getElementById("to-list").click(),
  "?": () => document.getElementById("keys").showModal(),
};

document.addEventListener("keydown", (event) => {
  const control = event.target instanceof HTMLElement && event.target.matches("button, a, summary, input[type=range]");
  if (!isForThePage(event) || !does[event.key]) return;
  if (control && ["Enter", "ArrowUp", "ArrowDown"].includes(event.key)) return;
  event.preventDefault();
  does[event.key]();
});

document.getElementById("tag").addEventListener("keydown", (event) => { if (event.key === "Escape") event.target.blur(); });
transcript.addEventListener("click", (event) => {
  const link = event.target.closest(".as-of");
  if (link) {
    event.preventDefault();
    go(link.closest(".talk-turn"), false);
  }
});
slider.addEventListener("input", () => showSoon(slider.value));
const keys = document.getElementById("show-keys");
keys.hidden = false;
keys.addEventListener("click", () => document.getElementById("keys").showModal());
if (Number(reader.dataset.target)) {
  const target = document.getElementById(`t${reader.dataset.target}`);
  if (target) target.classList.add("here");
}
watch();
