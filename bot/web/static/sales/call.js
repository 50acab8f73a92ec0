// Holding a call: every key and button shows its effect at once, the server follows, and nothing typed is ever lost.
"use strict";
{
  const root = document.getElementById("call");
  const id = root.dataset.call;
  const byId = (name) => document.getElementById(name);
  const panels = new Panels(root);
  const sources = new Map();
  const place = `advisor.call.${root.dataset.user}.${id}`;
  const said = byId("said");
  let seq = Number(root.dataset.seq);
  let started = root.dataset.started;
  let ended = root.dataset.ended;
  let question = topQuestion();
  let here = [];
  let corrected = "";
  kept.lasting = root.dataset.kept === "yes";

  const outbox = new Outbox(id, {
    user: root.dataset.user,
    seen: () => seq,
    on: {
      waiting: showWaiting,
      line: (text) => { byId("net").textContent = text; },
      state: apply,
      refused,
    },
  });

  const notices = new Notices(byId("notices"), `${place}.refused`, (kind, data) => outbox.add(kind, data));
  const offline = new Offline(`/calls/${encodeURIComponent(id)}`, kept.lasting);

  // ---- showing ---------------------------------------------------------------------------------------------------

  function apply(state) {
    if (!state.panels || state.seq < seq) return;
    seq = state.seq;
    started = state.started;
    ended = state.ended;
    if (state.kept === false && kept.lasting) noLongerKept();
    panels.apply(state.panels);
    offline.keep(state);
    if (["given", "refused"].includes(state.consent)) byId("capture").hidden = false;
    showHere(state.here || here);
    const top = topQuestion();
    if (top !== question) {
      question = top;
      speak();
      byId("now").scrollIntoView({ block: "start" });
    }
  }

  // They want no notes: from here on nothing of the call stays on this device when the tab is closed.
  function noLongerKept() {
    for (const name of ["draft", "talk", "waiting", "refused"]) kept.write(`${place}.${name}`, null);
    kept.lasting = false;
    outbox.waiting = outbox.waiting;
    draft();
  }

  function showHere(names) {
    here = names;
    byId("here").textContent = names.length > 1 ? `Here: ${names.join(", ")}` : "";
  }

  function topQuestion() {
    const first = document.querySelector("#now .aloud[data-question], #questions .question");
    return first ? first.dataset.question : "";
  }

  function firstQuestion() {
    const first = document.querySelector("#questions .question");
    return first ? first.dataset.question : "";
  }

  function speak() {
    const say = document.querySelector("#now .aloud .say, #questions .question .say:not([hidden])");
    const taken = document.querySelector(".log .entry:first-child .taken");
    byId("spoken").textContent = [taken ? `Taken: ${taken.innerText.replace(/\n/g, ", ")}.` : "", say ? say.textContent : ""].join(" ").trim();
  }

  function showWaiting(actions) {
    const list = byId("pending");
    const words = { said: (a) => `“${a.text}”`, correct: (a) => (a.remove ? "A line taken out" : `Corrected: ${a.value}`), settle: (a) => `Settled: “${a.text}”`, refer: () => "An introduction", expert: () => "An expert, with the dossier", tick: (a) => a.label || a.text || a.value, note: (a) => a.text, promise: (a) => `Promise: ${a.text}`, own: (a) => a.text, expect: (a) => `They expect: ${a.text}`, undo: () => "Taking the last note back" };
    const shown = actions.filter((action) => words[action.kind] && words[action.kind](action));
    list.replaceChildren(...shown.reverse().map((action) => {
      const item = document.createElement("li");
      item.className = "entry waits";
      item.textContent = words[action.kind](action);
      return item;
    }));
    const talk = actions.filter((action) => action.kind !== "talk").length;
    root.classList.toggle("waiting", talk > 0);
  }

  function refused(action, told) {
    const source = sources.get(action.id);
    const form = source && source.form && source.form.isConnected && !source.form.hidden ? source.form : null;
    const field = form && form.querySelector("[name=text]");
    if (field && source.kept && !field.value) field.value = source.kept;
    if (form && form.closest("details.box")) form.closest("details.box").open = true;
    if (form && told.about !== "conflict" && showError(form, told)) return;
    if (action.kind === "said" && !said.value) { said.value = action.text; draft(); showError(byId("capture"), told); return; }
    notices.add(action, told);
  }

  // ---- doing -----------------------------------------------------------------------------------------------------

  function act(kind, data, source = {}) {
    const action = outbox.add(kind, data);
    sources.set(action.id, source);
    return action;
  }

  function press(button) {
    const kind = button.dataset.do;
    const data = dataOf(button);
    if (kind === "consent") return consent(button, data);
    if (kind === "skip") gone(data.question);
    if (kind === "ask") promote(data.question);
    if (kind === "tick") {
      button.setAttribute("aria-pressed", "true");
      const letter = document.querySelector("[data-letter]");
      if (letter && data.question.startsWith("introduction:") && data.value === "yes") data.text = letter.value;
      if (button.dataset.why !== undefined) { why(button, data); return; }
      if (said.value.trim() && data.question === question) { data.text = said.value.trim(); clearSaid(); }
    }
    if (kind === "share" && button.dataset.refuse !== undefined) data.agreed = false;
    if (kind === "undo") data.of = lastNote(data.of);
    if (kind === "ask" && button.closest("#jump-box")) byId("jump-box").open = false;
    if (kind === "aloud") button.closest(".aloud").hidden = true;
    act(kind, data);
  }

  // What is taken back is the last note of this page, also one that is still on its way.
  function lastNote(shown) {
    const notes = outbox.waiting.filter((action) => ["said", "tick", "correct"].includes(action.kind));
    return notes.length ? notes[notes.length - 1].id : shown;
  }

  // It was said, but not in answer to the question: taken back and noted again without it.
  function detach(button) {
    const { text, who, id: of } = button.closest(".entry").dataset;
    act("undo", { of });
    act("said", { text, who, question: "" });
  }

  function consent(button, data) {
    button.setAttribute("aria-pressed", "true");
    act("consent", data);
    if (!started) { started = new Date().toISOString(); act("begin"); }
    byId("capture").hidden = false;
    said.focus();
  }

  // A no deserves its reason, in their words: it is typed where everything is typed, and an empty one is taken as it is.
  function why(button, data) {
    data.text = said.value.trim();
    if (data.text || button.dataset.asked) { clearSaid(); act("tick", data); return; }
    button.dataset.asked = "yes";
    said.placeholder = "Why not, in their words? Then press Enter";
    said.dataset.tick = JSON.stringify(data);
    said.focus();
  }

  function gone(name) {
    const card = cardOf(name);
    if (!card) return;
    const next = card.nextElementSibling;
    card.remove();
    if (next) question = next.dataset.question;
  }

  function promote(name) {
    const card = cardOf(name);
    if (card) { card.parentElement.prepend(card); card.dataset.takes = "yes"; question = name; draft(); }
  }

  function cardOf(name) { return document.querySelector(`#questions [data-question="${CSS.escape(name || "")}"].question`); }

  function clearSaid() {
    said.value = "";
    delete said.dataset.tick;
    said.placeholder = "Type it and press Enter";
    draft();
  }

  function draft() {
    kept.write(`${place}.draft`, said.value || null);
    byId("answers").hidden = !said.value.trim() || !firstQuestion() || whoSpeaks() === "rep";
    byId("answers-as").textContent = takes() ? "As the answer to:" : "Only noted, as no answer to:";
    byId("answers-else").textContent = takes() ? "Only note it" : "It is the answer";
    byId("answers-what").textContent = questionWords();
  }

  function whoSpeaks() { return root.querySelector("input[name=who]:checked").value; }

  // Whether what is typed is taken for the answer to the question on top; Ctrl and Enter do the other thing.
  function takes() {
    const first = document.querySelector("#questions .question");
    return Boolean(first) && first.dataset.takes === "yes";
  }

  function questionWords() {
    const say = document.querySelector("#questions .question .say[data-plain]");
    return say ? say.textContent : "";
  }

  function capture(answers = takes()) {
    const text = said.value.trim();
    const pending = said.dataset.tick;
    if (pending) { act("tick", { ...JSON.parse(pending), text }); clearSaid(); return; }
    if (!text) return;
    showError(byId("capture"), null);
    act("said", { text, who: whoSpeaks(), question: answers ? firstQuestion() : "" });
    clearSaid();
  }

  root.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.do) press(button);
    else if (button.dataset.detach !== undefined) detach(button);
    else if (button.dataset.open) open(button.dataset.open);
    else if (button.id === "answers-not") { capture(!takes()); said.focus(); }
    else if (button.dataset.gentler !== undefined) gentler(button.closest(".question"));
    else if (button.dataset.edit !== undefined) edit(button);
  });
  root.addEventListener("change", (event) => {
    if (event.target.matches("input[type=checkbox][data-do]")) act(event.target.dataset.do, dataOf(event.target));
  });
  root.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "dialog") return;
    event.preventDefault();
    if (form.id === "capture") return capture();
    if (form.dataset.number !== undefined) return number(form);
    if (!form.dataset.action) return;
    showError(form, null);
    const data = formData(form);
    if (form.dataset.action === "share") data.agreed = true;
    const kept = data.text;
    act(form.dataset.action, data, { form, kept });
    if (form.dataset.clear !== undefined) emptied(form);
    if (form.matches(".edit")) form.hidden = true;
    const box = form.closest("details.box");
    if (box && form.dataset.action !== "refer") { box.open = false; box.querySelector("summary").focus(); }
  });

  function number(form) {
    const text = form.elements.text.value.trim();
    if (!text) return;
    const unit = form.querySelector("span:not(.unseen)").textContent.trim();
    const words = /[a-z]/i.test(text) || !unit ? text : `${text} ${unit}`;
    act("said", { text: words, who: "customer", question: form.dataset.question });
    form.elements.text.value = "";
    form.classList.add("sent");
  }

  function gentler(card) {
    if (!card) return;
    const [plain, gentle] = [card.querySelector("[data-plain]"), card.querySelector("[data-gentle]")];
    plain.hidden = !plain.hidden;
    gentle.hidden = !plain.hidden;
    card.querySelector("[data-gentler] span").textContent = plain.hidden ? "As it was" : "Gentler";
  }

  function edit(button, shown = false) {
    const form = button.closest(".line").querySelector(".edit");
    form.hidden = !shown && !form.hidden;
    button.setAttribute("aria-expanded", String(!form.hidden));
    if (!form.hidden) form.querySelector("input, select").focus();
  }

  said.addEventListener("input", draft);
  said.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); capture(event.ctrlKey || event.metaKey ? !takes() : takes()); }
  });

  // ---- keys ------------------------------------------------------------------------------------------------------

  const keysOn = byId("keys-on");
  keysOn.checked = read("advisor.keys") !== "off";
  keysOn.addEventListener("change", () => write("advisor.keys", keysOn.checked ? "on" : "off"));

  const KEYS = {
    w: () => said.focus(),
    q: nextSpeaker,
    s: () => click(".question:first-child [data-do=skip]"),
    d: () => click(".question:nth-child(2) .chooser"),
    f: () => click(".question:nth-child(3) .chooser"),
    g: () => click(".question:first-child [data-gentler]"),
    x: () => click(".question:first-child [data-value=unknown]"),
    z: () => click(".log [data-do=undo]"),
    a: () => click(".log .entry:first-child [data-detach]"),
    c: correctNext,
    j: () => open("jump-box", null, "button"),
    t: () => nextTalker(),
    p: () => { open("promise-box", "promise-text"); suggestPromise(); },
    e: () => open("expect-box", "expect-text"),
    v: () => open("own-box", "own-text"),
    n: () => open("note-box", "note-text"),
    o: () => open("objections-box"),
    r: () => open("refer-box"),
    "?": () => byId("help").showModal(),
  };

  document.addEventListener("keydown", (event) => {
    const field = event.target.matches("input:not([type=checkbox]):not([type=radio]), textarea, select");
    if (event.key === "Escape" && field) { event.target.blur(); return; }
    if (event.key === "Delete" && event.target.closest(".line")) { remove(event); return; }
    if (/^Arrow(Up|Down)$/.test(event.key) && event.target.closest(".jumps")) { walk(event); return; }
    if (field || event.ctrlKey || event.metaKey || event.altKey || !keysOn.checked || document.querySelector("dialog[open]")) return;
    if (byId("capture").hidden && !/^[12?]$/.test(event.key)) return;
    const does = KEYS[event.key] || (/^[1-9]$/.test(event.key) ? () => digit(event.key) : null);
    if (does) { event.preventDefault(); does(); }
  });

  function remove(event) {
    const button = event.target.closest(".line").querySelector("[data-remove]");
    if (button && !event.target.matches("input, select, textarea")) { event.preventDefault(); button.click(); }
  }

  function digit(key) { click(`#now .aloud .ticks [data-key="${key}"]`) || click(`.question:first-child .ticks [data-key="${key}"]`); }

  function click(selector) {
    const found = root.querySelector(selector);
    if (found) found.click();
    return Boolean(found);
  }

  // What was taken last can be put right with one key; pressed again, the next line of it.
  function correctNext() {
    const lines = [...root.querySelectorAll(".line.fresh")].filter((line) => line.querySelector(".line-tools"));
    const at = lines.findIndex((line) => line.dataset.line === corrected);
    const line = lines[(at + 1) % lines.length] || root.querySelector(".line .line-tools")?.closest(".line");
    if (!line) return;
    corrected = line.dataset.line;
    const pen = line.querySelector("[data-edit]");
    if (pen) edit(pen, true); else line.querySelector("[data-remove]").focus();
    line.scrollIntoView({ block: "nearest" });
  }

  function walk(event) {
    const all = [...event.target.closest(".jumps").querySelectorAll("button")];
    const next = all[all.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1)];
    event.preventDefault();
    if (next) next.focus();
  }

  function open(name, field, first = "select, input, textarea, summary") {
    const box = byId(name);
    if (!box) return;
    box.open = true;
    const at = field ? byId(field) : box.querySelector(first) || box.querySelector("summary");
    at.focus();
    box.scrollIntoView({ block: "nearest" });
  }

  // What the rep just said is likely the promise: one key offers it, Enter notes it.
  function suggestPromise() {
    const field = byId("promise-text");
    const mine = root.querySelector(".log .entry:first-child[data-who=rep]");
    if (!field.value && mine) { field.value = mine.dataset.text; field.select(); }
  }

  function nextSpeaker() {
    const all = [...root.querySelectorAll("input[name=who]")];
    const next = all[(all.findIndex((each) => each.checked) + 1) % all.length];
    next.checked = true;
    byId("spoken").textContent = `Said by: ${next.parentElement.textContent.trim()}`;
    draft();
  }

  // ---- time and talk ---------------------------------------------------------------------------------------------

  const TALKERS = ["customer", "rep", ""];
  const NAMES = { customer: "Customer talks", rep: "You talk", "": "Mark who talks" };
  let talking = kept.read(`${place}.talk`, { who: "", since: 0 });

  function nextTalker(to = TALKERS[(TALKERS.indexOf(talking.who) + 1) % TALKERS.length]) {
    settleTalk();
    talking = { who: to, since: Date.now() };
    kept.write(`${place}.talk`, talking);
    showTalk();
  }

  function settleTalk() {
    const seconds = talking.who ? Math.min(600, (Date.now() - talking.since) / 1000) : 0;
    if (seconds >= 1) act("talk", { who: talking.who, seconds: Math.round(seconds * 10) / 10 });
    talking.since = Date.now();
    kept.write(`${place}.talk`, talking);
  }

  function showTalk() {
    byId("talk-who").textContent = NAMES[talking.who];
    byId("talk").dataset.who = talking.who;
  }

  byId("talk").addEventListener("click", () => nextTalker());
  setInterval(() => { if (talking.who && Date.now() - talking.since > 30000) settleTalk(); }, 5000);
  setInterval(tick, 1000);

  function tick() {
    const from = started ? Date.parse(started) : 0;
    const to = ended ? Date.parse(ended) : Date.now();
    const seconds = from ? Math.max(0, Math.floor((to - from) / 1000)) : 0;
    byId("timer").textContent = `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
    const share = document.querySelector("[data-balance]");
    byId("balance").textContent = share && share.dataset.balance ? `They talk ${share.dataset.balance} %` : "";
  }

  // ---- ending ----------------------------------------------------------------------------------------------------

  byId("finish").addEventListener("click", () => {
    const open = [...document.querySelectorAll("[data-open-flag]")].map((flag) => flag.querySelector("p").textContent);
    if (outbox.waiting.length) open.unshift("Some of what you noted is still on its way.");
    if (!open.length) return end();
    byId("ending-list").replaceChildren(...open.map((text) => { const item = document.createElement("li"); item.textContent = text; return item; }));
    byId("ending").showModal();
  });
  byId("ending").addEventListener("close", () => { if (byId("ending").returnValue === "end") end(); });
  byId("help-open").addEventListener("click", () => byId("help").showModal());

  function end() {
    nextTalker("");
    act("end");
    byId("finish").textContent = "Ended";
    const after = root.dataset.after;
    if (after) outbox.on.waiting = (waiting) => { showWaiting(waiting); if (!waiting.length) location.assign(after); };
  }

  // ---- following -------------------------------------------------------------------------------------------------

  function follow() {
    const events = new EventSource(`/calls/${encodeURIComponent(id)}/events`);
    events.addEventListener("state", (event) => apply(JSON.parse(event.data)));
    events.addEventListener("here", (event) => showHere(JSON.parse(event.data).here));
    events.addEventListener("gone", () => { events.close(); byId("net").textContent = "This call has been erased."; });
    window.addEventListener("pagehide", () => events.close());
  }

  function read(name) { try { return localStorage.getItem(name); } catch { return null; } }
  function write(name, value) { try { localStorage.setItem(name, value); } catch { /* this device keeps nothing */ } }

  said.value = kept.read(`${place}.draft`, "");
  draft();
  offline.last().then((state) => { if (state && state.seq > seq) apply(state); });
  showTalk();
  tick();
  showWaiting(outbox.waiting);
  if (["given", "refused"].includes(root.dataset.consent) && !started) act("begin");
  outbox.flush();
  follow();
}
