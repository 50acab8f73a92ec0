// The chat page: sends each message until it is answered, exactly once, and shows the conversation as it is stored.
"use strict";

(() => {
  const WHO = "advisor.conversation";
  const WAITING = "advisor.waiting";
  const CUSTOMER = "advisor.customer";
  const NEWS = "advisor.news";
  const PAUSES = [1, 2, 4, 8, 15, 30];

  const at = (id) => document.getElementById(id);
  const log = at("log");
  const scroll = at("scroll");
  const input = at("message");
  const opening = log.firstElementChild;

  let busy = false;
  let wake = null;
  let dots = 0;
  const drawn = new Map(); // message id -> its bubble

  // ---- what the browser remembers: the conversation for all tabs, unanswered messages for this one ----

  const memory = {
    read(store, key) {
      try { return JSON.parse(store().getItem(key)); } catch { return null; }
    },
    write(store, key, value) {
      try {
        if (value === null) store().removeItem(key);
        else store().setItem(key, JSON.stringify(value));
      } catch { /* a browser that remembers nothing can still chat */ }
    },
  };
  const everywhere = () => window.localStorage;
  const here = () => window.sessionStorage;
  let who = memory.read(everywhere, WHO);
  let waiting = memory.read(here, WAITING) || [];

  function remember(conversation) {
    who = conversation;
    memory.write(everywhere, WHO, conversation);
  }

  function keepWaiting() {
    memory.write(here, WAITING, waiting.length ? waiting : null);
  }

  function customer() {
    const told = new URLSearchParams(location.hash.slice(1)).get("customer");
    if (told) {
      memory.write(here, CUSTOMER, told);
      history.replaceState(null, "", location.pathname);
    }
    return told || memory.read(here, CUSTOMER);
  }
  let customerToken = customer();

  function newId() {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  // ---- talking to the server ----

  class Problem extends Error {
    constructor(status, told, after) {
      super(told.error || "The message could not be sent.");
      this.status = status;
      this.advice = told.do || "";
      this.after = after;
      this.again = status === 0 || status === 408 || status === 429 || status >= 500;
    }
  }

  async function ask(path, options = {}) {
    let answer;
    try {
      answer = await fetch(path, { credentials: "omit", cache: "no-store", ...options });
    } catch {
      throw new Problem(0, { error: "There is no connection." }, 0);
    }
    const told = await answer.json().catch(() => null);
    if (answer.ok && told !== null) return told;
    throw new Problem(answer.ok ? 0 : answer.status, told || {}, Number(answer.headers.get("Retry-After")) || 0);
  }

  async function deliver(message) {
    who = who || memory.read(everywhere, WHO);
    if (!who) remember(await ask("/chat/session", { method: "POST" }));
    const metadata = { message_id: message.id };
    if (customerToken) metadata.customer_token = customerToken;
    return ask("/webhooks/rest/webhook", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ sender: who.sender, message: message.text, metadata }),
    });
  }

  // ---- showing ----

  function make(tag, className, ...children) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    made.append(...children);
    return made;
  }

  function unseen(text) {
    return make("span", "unseen", text);
  }

  function withLinks(line) {
    return line.split(/(https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)]|\/export\/[\w.-]*[\w-])/).map((part, index) => {
      if (index % 2 === 0) return part;
      const link = make("a", "", part.startsWith("/export/") ? "open your copy" : part);
      link.href = part;
      link.target = "_blank";
      link.rel = "noopener noreferrer";
      return link;
    });
  }

  const ITEM = /^\s*(?:[-•*]|(\d+)[.)])\s+(.*)$/;

  function blocks(text) {
    const made = [];
    let paragraph = null;
    let list = null;
    for (const line of text.split(/\r?\n/)) {
      const item = ITEM.exec(line);
      if (item) {
        const tag = item[1] ? "ol" : "ul";
        if (!list || list.localName !== tag) {
          list = make(tag);
          if (item[1]) list.start = Number(item[1]);
          made.push(list);
        }
        list.append(make("li", "", ...withLinks(item[2])));
        paragraph = null;
      } else if (!line.trim()) {
        paragraph = null;
        list = null;
      } else if (paragraph) {
        paragraph.append(make("br"), ...withLinks(line));
      } else {
        list = null;
        paragraph = make("p", "", ...withLinks(line));
        made.push(paragraph);
      }
    }
    return made;
  }

  function choices(buttons) {
    const group = make("div", "choices");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", "Suggested answers");
    for (const each of buttons) {
      const button = make("button", "", each.title);
      button.type = "button";
      button.addEventListener("click", () => say(each.payload || each.title, each.title));
      group.append(button);
    }
    return group;
  }

  function drawReply(messages) {
    const reply = make("div", "reply");
    reply.append(unseen("Assistant:"));
    for (const message of messages) {
      const parts = message.text ? blocks(message.text) : [];
      if (message.image) parts.push(make("p", "", ...withLinks(String(message.image))));
      if (parts.length) reply.append(make("div", "bubble", ...parts));
      if (message.buttons && message.buttons.length) reply.append(choices(message.buttons));
    }
    if (reply.childElementCount > 1) log.append(reply);
    return reply;
  }

  function drawSaid(said) {
    const last = log.querySelectorAll(".choices:not(.past)");
    for (const group of last) group.classList.add("past");
    for (const group of last) {
      for (const button of group.children) {
        if (button.textContent === said) button.setAttribute("aria-pressed", "true");
      }
    }
    const own = make("div", "said", make("div", "bubble", unseen("You: "), said));
    log.append(own);
    return own;
  }

  // To the end; but a reply longer than the window is shown from its beginning, with the words it answers.
  function toEnd(own, reply) {
    const place = (each) => each.offsetTop - scroll.offsetTop - 16;
    let top = scroll.scrollHeight;
    if (reply && scroll.scrollHeight - place(reply) > scroll.clientHeight) {
      top = own.offsetHeight < scroll.clientHeight / 4 ? place(own) : place(reply);
    }
    const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
    scroll.scrollTo({ top, behavior });
  }

  function setBusy(now) {
    busy = now;
    clearTimeout(dots);
    at("writing").hidden = true;
    if (now) dots = setTimeout(() => { at("writing").hidden = false; toEnd(); }, 250);
  }

  function talking(now) {
    at("anew").hidden = !now;
    document.body.classList.toggle("talking", now);
    at("copy").hidden = !(now && who);
    if (now && who) at("copy").href = who.copy;
  }

  function tell(text) {
    const status = at("status");
    if (status.textContent !== text) status.textContent = text;
  }

  function mark(own, text, again) {
    own.classList.toggle("waits", !text);
    own.querySelector(".note")?.remove();
    if (!text) return;
    const note = make("div", "note", text);
    if (again) {
      const button = make("button", "", "Try again");
      button.type = "button";
      button.addEventListener("click", () => { mark(own, ""); pump(); });
      note.append(" ", button);
    }
    own.append(note);
  }

  // ---- sending: in order, each message until it is answered ----

  function say(text, said) {
    const message = { id: newId(), text, said };
    waiting.push(message);
    keepWaiting();
    drawWaiting(message);
    talking(true);
    pump();
  }

  function drawWaiting(message) {
    const own = drawSaid(message.said);
    own.classList.add("waits");
    drawn.set(message.id, own);
    toEnd();
  }

  async function pump(afterReload = false) {
    if (busy) {
      if (wake) wake();
      return;
    }
    setBusy(true);
    let stuck = false;
    while (waiting.length && !stuck) stuck = !(await sendFirst(afterReload));
    setBusy(false);
    tell("");
  }

  async function sendFirst(quietly) {
    const message = waiting[0];
    const own = drawn.get(message.id);
    mark(own, "");
    try {
      const messages = await untilAnswered(message);
      waiting.shift();
      keepWaiting();
      own.classList.remove("waits");
      talking(true);
      if (!quietly) {
        toEnd(own, drawReply(messages));
      }
      memory.write(everywhere, NEWS, message.id);
      return true;
    } catch (problem) {
      mark(own, `Not sent. ${problem.message} ${problem.again ? "" : problem.advice}`.trim(), problem.again);
      toEnd();
      if (problem.again) return false;
      waiting.shift();
      keepWaiting();
      return true;
    }
  }

  async function untilAnswered(message) {
    for (let tries = 0; ; tries += 1) {
      try {
        const messages = await deliver(message);
        tell("");
        return messages;
      } catch (problem) {
        if (problem.status === 401 && customerToken) {
          customerToken = null;
          memory.write(here, CUSTOMER, null);
          continue;
        }
        if (!(problem instanceof Problem) || !problem.again || tries >= PAUSES.length) throw problem;
        tell(problem.status === 0 ? "No connection. Trying again…" : "This takes a moment. Trying again…");
        await pause(Math.max(problem.after, PAUSES[tries]));
      }
    }
  }

  function pause(seconds) {
    return new Promise((done) => {
      const timer = setTimeout(end, seconds * 1000);
      function end() { clearTimeout(timer); wake = null; done(); }
      wake = end;
    });
  }

  // ---- the conversation so far ----

  async function restore() {
    if (!who) return;
    let told;
    try {
      told = await ask("/chat/history", { headers: { Authorization: `Bearer ${who.session}` } });
    } catch (problem) {
      if (problem.status === 401) forget();
      else if (problem.again) tell("The conversation cannot be shown just now. You can go on all the same.");
      return;
    }
    log.setAttribute("aria-live", "off");
    log.replaceChildren(opening);
    drawn.clear();
    for (const turn of told.turns) {
      drawSaid(turn.said);
      drawReply(turn.messages);
    }
    for (const message of waiting) drawWaiting(message);
    talking(told.turns.length > 0 || waiting.length > 0);
    scroll.scrollTop = scroll.scrollHeight;
    setTimeout(() => log.setAttribute("aria-live", "polite"), 100);
  }

  function forget() {
    remember(null);
    waiting = [];
    keepWaiting();
    drawn.clear();
    log.replaceChildren(opening);
    talking(false);
    tell("");
  }

  async function start() {
    if (waiting.length && who) {
      waiting.forEach(drawWaiting);
      await pump(true);
    }
    await restore();
    if (waiting.length && !who) waiting.forEach(drawWaiting);
    if (waiting.length && !who) await pump();
  }

  // ---- hands ----

  function grow() {
    input.style.height = "auto";
    input.style.height = `${input.scrollHeight + 2}px`;
  }

  at("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = input.value.trim();
    input.focus();
    if (!text) return;
    input.value = "";
    grow();
    say(text, text);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      at("composer").requestSubmit();
    }
  });
  input.addEventListener("input", grow);
  at("anew").addEventListener("click", () => {
    if (busy || !confirm("Begin a new conversation? This browser then forgets the present one.")) return;
    forget();
    input.focus();
  });
  window.addEventListener("online", () => pump());
  window.addEventListener("storage", (event) => {
    if (event.key !== NEWS && event.key !== WHO) return;
    who = memory.read(everywhere, WHO);
    if (!busy && who) restore();
    else if (!who) forget();
  });
  start();
  if (matchMedia("(pointer: fine)").matches) input.focus();
})();
