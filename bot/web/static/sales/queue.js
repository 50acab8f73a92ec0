// What a rep does leaves through this queue: kept on the device until the server has it, sent in order, each thing once.
"use strict";

// Kept on the device, by place; of a call without notes only until the tab is closed.
const kept = {
  lasting: true,
  get store() { return this.lasting ? localStorage : sessionStorage; },
  read(place, otherwise = null) {
    try { return JSON.parse(this.store.getItem(place)) ?? otherwise; } catch { return otherwise; }
  },
  write(place, value) {
    try {
      if (value === null) this.store.removeItem(place);
      else this.store.setItem(place, JSON.stringify(value));
    } catch { /* a full or closed storage: the page still holds it */ }
  },
};

class Outbox {
  constructor(call, { user = "", seen = null, on = {} } = {}) {
    this.address = `/calls/${encodeURIComponent(call)}/actions`;
    this.user = user;
    this.place = `advisor.call.${user}.${call}.waiting`;
    this.seen = seen;
    this.page = pageId();
    this.on = on;
    this.sending = false;
    this.wait = 500;
    this.memory = kept.read(this.place, []);
    window.addEventListener("online", () => { this.wait = 500; this.flush(); });
    window.addEventListener("storage", (event) => { if (event.key === this.place) { this.memory = kept.read(this.place, []); this.tell(); } });
  }

  get waiting() { return this.memory; }

  set waiting(actions) {
    this.memory = actions;
    kept.write(this.place, actions.length ? actions : null);
    this.tell();
  }

  tell() { if (this.on.waiting) this.on.waiting(this.waiting); }

  add(kind, data = {}) {
    const looked = this.seen ? { seen: this.seen(), page: this.page } : {};
    const action = { ...looked, ...data, kind, id: newId(), at: new Date().toISOString() };
    this.waiting = [...kept.read(this.place, this.memory), action];
    this.flush();
    return action;
  }

  async flush() {
    if (this.sending) return;
    this.sending = true;
    try {
      while (this.waiting.length) {
        const action = this.waiting[0];
        const outcome = await this.send(action);
        if (outcome === "again") continue;
        if (outcome === "later") { this.later(); return; }
        this.waiting = kept.read(this.place, this.memory).filter((each) => each.id !== action.id);
      }
      this.wait = 500;
      if (this.on.line) this.on.line("");
    } finally { this.sending = false; }
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), this.wait);
    this.wait = Math.min(this.wait * 2, 10000);
  }

  async send(action) {
    let response;
    try {
      response = await fetch(this.address, { method: "POST", headers: headers(), body: JSON.stringify(action), signal: AbortSignal.timeout(20000) });
    } catch {
      if (this.on.line) this.on.line("No connection. What you note is kept here and sent when it is back.");
      return "later";
    }
    const told = await response.json().catch(() => ({}));
    if (response.ok) { if (this.on.line) this.on.line(""); if (this.on.state) this.on.state(told); return "done"; }
    if (response.status === 401) {
      if (this.on.line) this.on.line("You are signed out. Sign in again in another tab; what you note is kept here.");
      return "later";
    }
    if (told.csrf) return this.renew(told);
    if (response.status >= 500 || response.status === 429) {
      if (this.on.line) this.on.line("The server does not answer. What you note is kept here and sent again.");
      return "later";
    }
    if (told.state && this.on.state) this.on.state(told.state);
    if (this.on.refused) this.on.refused(action, told);
    return "refused";
  }

  // The session is another one now. Of the same user: on with its token. Of somebody else: what waits is not theirs to send.
  renew(told) {
    if (this.user && told.user !== this.user) {
      if (this.on.line) this.on.line(`${told.name} is signed in here now. What you noted waits on this device until you sign in again.`);
      return "later";
    }
    document.querySelector("meta[name=csrf]").content = told.csrf;
    return "again";
  }
}

function pageId() {
  try {
    const known = sessionStorage.getItem("advisor.page") || newId();
    sessionStorage.setItem("advisor.page", known);
    return known;
  } catch { return newId(); }
}

function headers() {
  const csrf = document.querySelector("meta[name=csrf]");
  return { "Content-Type": "application/json", "Accept": "application/json", "X-CSRF-Token": csrf ? csrf.content : "" };
}

function newId() {
  return crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random().toString(36).slice(2)}`;
}

// Panels come whole from the server; only those that changed are exchanged, and nobody loses the place they were at.
class Panels {
  constructor(root) {
    this.root = root;
    this.last = new Map();
    this.held = new Map();
    root.addEventListener("focusout", () => setTimeout(() => this.release(), 0));
  }

  apply(panels) {
    for (const [name, html] of Object.entries(panels)) {
      const panel = this.root.querySelector(`[data-panel="${name}"]`);
      if (!panel || this.last.get(name) === html) continue;
      if (isTyping(panel)) this.held.set(name, html);
      else this.show(panel, name, html);
    }
  }

  show(panel, name, html) {
    const at = panel.contains(document.activeElement) ? markOf(document.activeElement) : null;
    const before = textsOf(panel);
    const opened = new Map([...panel.querySelectorAll("details[data-key]")].map((each) => [each.dataset.key, each.open]));
    panel.innerHTML = html;
    this.last.set(name, html);
    for (const [line, text] of textsOf(panel)) if (before.get(line) !== text) lineOf(panel, line).classList.add("fresh");
    for (const each of panel.querySelectorAll("details[data-key]")) if (opened.get(each.dataset.key)) each.open = true;
    if (at) (findMark(panel, at) || focusable(panel)).focus({ preventScroll: true });
    panel.dispatchEvent(new CustomEvent("shown", { bubbles: true, detail: name }));
  }

  release() {
    for (const [name, html] of [...this.held]) {
      const panel = this.root.querySelector(`[data-panel="${name}"]`);
      if (panel && !isTyping(panel)) { this.held.delete(name); this.show(panel, name, html); }
    }
  }
}

// The lines of a panel by name: those that changed are marked, so that the rep sees what a note did.
function textsOf(panel) {
  return new Map([...panel.querySelectorAll("[data-line].line")].map((each) => [each.dataset.line, each.querySelector(".line-text").textContent]));
}

function lineOf(panel, line) { return panel.querySelector(`.line[data-line="${CSS.escape(line)}"]`); }

function isTyping(panel) {
  const at = document.activeElement;
  return panel.contains(at) && at.matches("input:not([type=checkbox]):not([type=radio]), textarea, select") && Boolean(at.closest("form, [data-letter]"));
}

function markOf(element) {
  return ["do", "question", "value", "line", "key", "person"].map((name) => [name, element.dataset[name]]).filter(([, value]) => value);
}

function findMark(panel, marks) {
  if (!marks.length) return null;
  const selector = marks.map(([name, value]) => `[data-${name}="${CSS.escape(value)}"]`).join("");
  return panel.querySelector(selector);
}

function focusable(panel) {
  panel.setAttribute("tabindex", "-1");
  return panel;
}

// The fields of a form or a button as the data of an action.
function dataOf(element) {
  const data = {};
  const given = element.dataset;
  for (const name of ["question", "value", "label", "name", "role", "answer", "line", "note", "text", "expectation", "fate", "person", "of"]) {
    if (given[name] !== undefined) data[name] = given[name];
  }
  for (const name of ["concern", "promise", "referral"]) if (given[name] !== undefined) data[name] = Number(given[name]);
  if (given.remove !== undefined) data.remove = true;
  if (element.type === "checkbox") data.here = element.checked;
  return data;
}

function formData(form) {
  const data = dataOf(form);
  for (const [name, value] of new FormData(form)) data[name] = typeof value === "string" ? value.trim() : "";
  return data;
}

function emptied(form) {
  for (const field of form.querySelectorAll("input, textarea")) {
    if (field.dataset.keep === undefined && !["hidden", "radio", "checkbox"].includes(field.type)) field.value = "";
  }
}

function showError(form, told) {
  const place = form && form.querySelector("[data-error]");
  if (!place) return false;
  place.textContent = told ? `${told.error} ${told.do}` : "";
  place.hidden = !told;
  const field = told && told.about && form.querySelector(`[name="${CSS.escape(told.about)}"]`);
  for (const each of form.querySelectorAll("[aria-invalid]")) each.removeAttribute("aria-invalid");
  if (field) field.setAttribute("aria-invalid", "true");
  return true;
}
