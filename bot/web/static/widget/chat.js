// The element <advisor-chat>: the launcher, the panel, the conversation in it, and the way in for the website around it.

const script = document.currentScript || document.querySelector('script[src*="/widget.js"]');
const KEPT = 60; // turns in the page at most while the newest are read
const WIDE = 760; // pixels from which what was understood stands beside the conversation
const NEAR = 90; // pixels from the end that still count as reading along
const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

class AdvisorChat extends Sides {
  static observedAttributes = ["theme", "accent", "dir"];

  async connectedCallback() {
    if (this.talk) return;
    this.base = new URL(this.getAttribute("server") || script?.src || location.href, location.href).origin;
    this.keep = new Keep(new URL(this.base).host);
    this.info = this.keep.get("config") || {};
    this.token = this.getAttribute("customer");
    this.inline = this.hasAttribute("inline");
    this.context = { topic: this.getAttribute("topic") || undefined };
    this.unread = 0;
    this.waiting = new Map();
    this.labels = new Map();
    this.talk = new Talk(new Line(this.base), this.keep, this);
    words = await this.translated(this.getAttribute("lang") || "en");
    this.build();
    this.paint();
    this.onAnew();
    const called = location.hash.toLowerCase() === "#advisor";
    if (this.inline) this.appear();
    else if (called || this.hasAttribute("open") || this.recall("open")) this.open({ quiet: !called });
    else if (this.talk.who) this.talk.open();
  }

  disconnectedCallback() {
    queueMicrotask(() => this.isConnected || this.talk.end());
  }

  attributeChangedCallback() {
    if (this.root) this.paint();
  }

  async translated(lang) {
    let told = {};
    try {
      if (!/^en\b/.test(lang)) told = await this.talk.line.ask(`/widget/words/${encodeURIComponent(lang)}.json`);
    } catch { /* English it is */ }
    return new Words({ ...WORDS, ...told }, told.dir ? lang : "en");
  }

  // ---- building ----

  build() {
    const shadow = this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    shadow.adoptedStyleSheets = [sheet];
    this.badge = h("span", { class: "badge", hidden: true });
    this.launcher = button("launcher", () => this.open(), [icon("chat"), this.getAttribute("label") || say("launch"), this.badge]);
    this.log = h("div", { class: "log", role: "log", "aria-live": "off" });
    this.pending = h("div", "log");
    this.earlier = button("plain earlier", () => this.more(), say("earlier"));
    this.typing = h("div", { class: "typing", role: "img", "aria-label": say("typing"), hidden: true }, h("i"), h("i"), h("i"));
    this.pane = h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": say("conversation"), onscroll: () => this.isNear() && this.point("") }, this.earlier, this.log, this.pending, this.typing);
    this.newest = button("newest", () => this.toEnd(), "");
    this.status = h("p", { class: "status", role: "status" });
    this.notes = button("link", () => this.beside("privacy"));
    this.main = h("div", "main", this.pane, this.newest, this.status, this.composer(), h("div", "foot", this.notes));
    this.side = h("section", { class: "side", tabindex: -1 });
    this.progress = h("details", "progress");
    this.understood = button("pill", () => this.beside("understood"));
    this.heading = h("h2", { id: "title" });
    this.wider = tool("widen", () => this.widen(!this.root.classList.contains("widened")));
    this.panel = h(this.inline ? "section" : "dialog", { class: "panel", "aria-labelledby": "title", oncancel: (event) => event.preventDefault() }, [
      h("div", "head", this.heading, this.menus(), !this.inline && [this.wider, tool("close", () => this.close())]),
      h("div", "bar", this.progress, this.understood),
      h("div", "cols", this.main, this.side),
    ]);
    this.heard = h("div", { class: "unseen", "aria-live": "polite" });
    this.root = h("div", { class: this.inline ? "root inline" : "root floating", onkeydown: (event) => event.key === "Escape" && this.escape(event) }, !this.inline && this.launcher, this.panel);
    this.panel.append(this.heard);
    shadow.append(this.root);
    new ResizeObserver(() => this.measure()).observe(this.panel);
    new IntersectionObserver(([seen]) => seen.isIntersecting && this.more(), { root: this.pane, rootMargin: "200px" }).observe(this.earlier);
    if (window.visualViewport) visualViewport.onresize = () => this.root.style.setProperty("--seen", `${visualViewport.height}px`);
    matchMedia("(prefers-color-scheme: dark)").onchange = () => this.paint();
  }

  composer() {
    const submit = (event) => {
      event.preventDefault();
      this.submit();
    };
    this.limit = h("p", { id: "limit", class: "wrong", role: "alert" });
    this.input = h("textarea", { rows: 1, autofocus: !this.inline, "aria-label": say("message"), "aria-describedby": "limit", placeholder: say("write"), enterkeyhint: "send", oninput: () => this.typed(), onkeydown: (event) => event.key === "Enter" && !event.shiftKey && !event.isComposing && submit(event) });
    this.input.value = this.keep.get("draft") || "";
    return h("form", { class: "composer", onsubmit: submit }, h("div", "field", this.input, h("button", { class: "send", "aria-label": say("send") }, icon("send"))), this.limit);
  }

  menus() {
    const beside = (name) => button("", () => this.beside(name), say(name));
    this.looks = ["auto", "light", "dark"].map((value) => button("", () => { this.keep.set("look", value); this.paint(); }, say("look", { of: value }), { value }));
    this.copies = ["html", "json"].map((format) => h("a", { target: "_blank", rel: "noopener" }, say("copy", { of: format })));
    this.items = h("div", { class: "menu", id: "menu", hidden: true }, beside("understood"), beside("promises"), this.copies, beside("past"), beside("privacy"), h("div", { class: "looks", role: "group", "aria-label": say("appearance") }, this.looks), beside("restart"));
    this.opener = tool("menu", () => this.menu(this.items.hidden), { "aria-controls": "menu" });
    const leave = (event) => event.relatedTarget && !event.currentTarget.contains(event.relatedTarget) && this.menu(false);
    return h("div", { class: "menus", onfocusout: leave }, this.opener, this.items);
  }

  menu(open) {
    this.items.hidden = !open;
    this.opener.setAttribute("aria-expanded", String(open));
    const copy = this.talk.last && this.talk.who ? this.path(this.talk.state.copy || this.talk.who.copy) : "";
    for (const [index, link] of this.copies.entries()) {
      link.hidden = !copy;
      link.href = `${copy}?format=${index ? "json" : "html"}`;
    }
    if (open) this.items.firstChild.focus();
  }

  // ---- looks ----

  paint() {
    const look = this.keep.get("look") || this.getAttribute("theme") || "auto";
    this.root.classList.toggle("dark", look === "dark" || (look === "auto" && matchMedia("(prefers-color-scheme: dark)").matches));
    this.root.dir = this.getAttribute("dir") || words.table.dir;
    this.root.lang = words.lang;
    for (const each of this.looks) each.setAttribute("aria-pressed", String(each.value === look));
    if (this.getAttribute("accent")) this.style.setProperty("--advisor-accent", this.getAttribute("accent"));
  }

  measure() {
    const wide = this.panel.clientWidth >= WIDE;
    if (wide === this.isWide) return;
    this.isWide = wide;
    this.root.classList.toggle("wide", wide);
    this.shown = this.shown || "understood";
    if (!wide && this.shown === "understood") this.shown = null;
    this.drawSide();
    this.onState(this.talk.state);
  }

  widen(wide) {
    const near = this.isNear();
    this.root.classList.toggle("widened", wide);
    this.wider.setAttribute("aria-pressed", String(wide));
    this.remember("wide", wide);
    if (near) this.toEnd();
  }

  // What holds for this tab only, so that another page of the website finds the panel as it was.
  remember(name, value) {
    try { sessionStorage.setItem(this.keep.space + name, value); } catch { /* then it does not */ }
  }

  recall(name) {
    try { return sessionStorage.getItem(this.keep.space + name) === "true"; } catch { return false; }
  }

  // ---- opening and closing ----

  isOpen() {
    return this.inline || this.panel?.open;
  }

  open({ quiet, draft } = {}) {
    if (draft) this.input.value = draft;
    if (!this.isOpen()) {
      this.panel[matchMedia("(max-width: 480px)").matches ? "showModal" : "show"]();
      this.launcher.hidden = true;
      this.remember("open", true);
      this.widen(this.recall("wide"));
      this.appear();
      this.tell("open");
    }
    this.typed();
    this.input[quiet ? "blur" : "focus"]();
  }

  appear() {
    this.typed();
    this.toEnd();
    this.talk.open();
    this.read();
    this.talk.line.ask("/chat/config").then((info) => {
      this.info = info;
      this.keep.set("config", info);
      this.greet();
    }, () => {});
  }

  close() {
    if (this.inline) return;
    this.panel.close();
    this.launcher.hidden = false;
    this.launcher.focus();
    this.remember("open", false);
    this.tell("close");
  }

  // The website may say who the customer is; null says that they have left, and nothing of theirs stays here.
  identify(token) {
    this.token = token;
    if (token) return;
    this.talk.restart();
    for (const name of ["past", "rated", "draft", "read", "active"]) this.keep.set(name, null);
    this.input.value = "";
  }

  page() {
    return { url: (location.origin + location.pathname).slice(0, 500), title: document.title.slice(0, 200), ...this.context };
  }

  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(`advisor:${name}`, { bubbles: true, detail }));
  }

  escape(event) {
    event.stopPropagation();
    if (!this.items.hidden) {
      this.menu(false);
      this.opener.focus();
    } else if (this.shown && !this.isWide) this.shut();
    else this.close();
  }

  // ---- beside the conversation ----

  beside(name) {
    this.came = this.items.hidden ? this.shadowRoot.activeElement : this.opener;
    this.editing = null;
    this.shown = name;
    this.drawSide();
    this.menu(false);
    this.side.focus({ preventScroll: true });
  }

  shut() {
    this.editing = null;
    this.shown = this.isWide ? "understood" : null;
    this.drawSide();
    (this.came?.isConnected ? this.came : this.opener).focus();
  }

  drawSide(focus) {
    const { shown, side } = this;
    const held = this.shadowRoot.activeElement;
    const inside = side.contains(held);
    const place = inside && held.getAttribute("aria-label");
    side.hidden = !shown;
    this.main.inert = Boolean(shown) && !this.isWide;
    if (!shown) return;
    const top = side.scrollTop;
    const name = say(shown);
    const home = this.isWide && shown === "understood";
    side.setAttribute("aria-label", name);
    side.replaceChildren(
      h("div", "side-head", !home && tool("back", () => this.shut()), h("h2", null, name)),
      h("div", "side-body", this[`side_${shown}`](this.talk.state)),
    );
    side.scrollTop = top;
    if (focus || inside) (side.querySelector(focus || (place && `[aria-label="${CSS.escape(place)}"]`) || "x") || side).focus({ preventScroll: !focus });
  }

  // ---- drawing turns ----

  // The company's name, and a word of welcome as long as nothing was said.
  greet() {
    this.heading.textContent = this.info.company?.name || say("title");
    if (this.log.querySelector(".turn")) return;
    this.log.replaceChildren(h("div", "reply", h("div", "bubble", h("p", null, this.getAttribute("greeting") || this.info.greeting || say("hello")), soft(say("hint")))));
  }

  link(text) {
    return text.split(/(\/export\/[\w.-]*[\w-])/).map((part, index) => (index % 2 ? h("a", { href: this.path(part), target: "_blank", rel: "noopener" }, say("copy_text")) : part));
  }

  // A path of our server as an address; nothing for anything else.
  path(address) {
    try {
      const url = new URL(address, this.base);
      return address && url.origin === this.base ? url.href : "";
    } catch {
      return "";
    }
  }

  // A payload in the words that stood on what was pressed.
  meant(text) {
    return /^\/\w+(\{.*\})?$/s.test(text) ? this.labels.get(text) || say("chosen") : text;
  }

  drawTurn(turn) {
    const sent = this.waiting.get(turn.message_id);
    const said = turn.said && h("div", "said", unseen(say("you")), h("p", "bubble", sent && !sent.line ? sent.said : this.meant(turn.said)));
    return h("div", { class: "turn", "data-seq": turn.seq }, said, this.drawReply(turn));
  }

  drawReply({ messages: told = [], view, seq }) {
    const kind = view?.kind || "";
    const fold = kind === "advice" && told.length > 2;
    const messages = fold ? [{ text: told.slice(0, -1).map((each) => each.text).join("\n\n") }, told.at(-1)] : told;
    const reply = h("div", { class: `reply is-${/^\w+$/.test(kind) ? kind : ""}` }, unseen(say("we")));
    const last = messages.length - 1;
    const asked = Math.max(0, messages.findLastIndex(({ text }) => /\?\W*$/.test(text))); // what is noted beside a question may stand before or after it
    if (kind === "warning") reply.append(h("p", "alarm", icon("warn"), say("warning")));
    const card = {
      advice: () => this.advice(view, seq),
      referral: () => this.referral(view),
      promises: () => this.side_promises(this.talk.state),
      hand_over: () => this.handOver(view),
    }[kind];
    messages.forEach((message, index) => {
      const text = message.text || "";
      const parts = blocks(kind === "referral" ? text.replace(view.introduction, "").trim() : text, (line) => this.link(line));
      if (kind === "read_back" && index === last && view.need && !text.includes(view.need)) parts.push(h("blockquote", null, view.need));
      if (card && last > 0 && index === last) reply.append(card());
      if (parts.length) reply.append(h("div", "bubble", kind === "advice" && index < last ? this.brief(parts) : parts));
      if (card && last === 0) reply.append(card());
      reply.append(this.replies(message.buttons || [], kind === "referral" ? [view.yes, view.no] : (view?.options || []).map((each) => each.why_not)));
      if (kind === "question" && index === asked) reply.append(this.question(view));
    });
    return reply;
  }

  // The first words of advice; the cards tell the rest, and all of it is there to read in words.
  brief([first, ...rest]) {
    return [first, rest.length > 0 && h("details", null, h("summary", null, say("in_words")), rest)];
  }

  replies(buttons, shown = []) {
    const made = buttons.filter((each) => !shown.includes(each.payload)).map(({ title, payload = title }) => {
      this.labels.set(payload, title);
      return button("", () => this.say(payload, title), title, { value: payload });
    });
    return made.length ? h("div", { class: "replies", role: "group", "aria-label": say("replies") }, made) : "";
  }

  addTurns(turns, before = null) {
    const made = document.createDocumentFragment();
    let day = before ? "" : this.day;
    for (const turn of turns) {
      const today = words.heading(turn.at);
      if (today !== day) made.append(h("p", "day", today));
      day = today;
      made.append(this.drawTurn(turn));
    }
    if (!before) this.day = day;
    this.log.insertBefore(made, before);
    const first = this.log.querySelector(".turn");
    this.from = Number(first?.dataset.seq);
    this.earlier.hidden = this.from <= 1;
  }

  async more() {
    if (this.loading || this.earlier.hidden || !this.isOpen()) return;
    this.loading = true;
    try {
      const { turns } = await this.talk.earlier(this.from);
      const anchor = this.log.firstElementChild;
      const top = anchor.getBoundingClientRect().top;
      this.addTurns(turns, anchor);
      if (!turns.length) this.earlier.hidden = true;
      this.pane.scrollTop += anchor.getBoundingClientRect().top - top;
      this.earlier.textContent = say("earlier");
    } catch {
      this.heard.textContent = this.earlier.textContent = say("earlier_failed");
    }
    this.loading = false;
  }

  // ---- what the conversation tells ----

  onTurns(turns, all) {
    const own = turns.some((turn) => this.waiting.has(turn.message_id));
    const near = this.isNear();
    if (all || !this.log.querySelector(".turn")) this.clear();
    this.addTurns(turns);
    if (own || near) while (this.log.children.length > KEPT * 1.1) this.log.firstElementChild.remove();
    this.addTurns([]);
    this.onWaiting(this.talk.queue());
    if (!all) this.announce(turns);
    if (all || own || near) this.toEnd(!all && this.log.lastElementChild);
    else this.point("fresh");
    const news = turns.filter((turn) => turn.seq > (this.keep.get("read") || 0)).length;
    if (this.isOpen() && !document.hidden) this.read();
    else this.show(all ? news : this.unread + news);
  }

  clear() {
    this.log.replaceChildren();
    this.day = "";
  }

  onState({ progress = [], understood = {}, consent = {} }) {
    this.drawProgress(progress);
    const { concerns = [], about_you: about = [] } = understood;
    const count = concerns.reduce((sum, each) => sum + each.lines.length, about.length);
    this.understood.hidden = !count || this.isWide;
    this.understood.replaceChildren(`${say("understood")} `, h("b", null, count));
    this.notes.textContent = `${say("notes_short", { of: consent.notes || "unasked" })} · ${say("privacy")}`;
    if (this.shown && !this.editing && this.shown !== "past") this.drawSide();
  }

  drawProgress(steps) {
    const at = steps.findLastIndex((each) => each.state !== "next");
    this.progress.hidden = at < 0;
    if (at < 0) return;
    const focused = this.progress.contains(this.shadowRoot.activeElement);
    this.progress.replaceChildren(
      h("summary", null, h("span", "marks", steps.map((each) => h("i", `is-${each.state}`))), say("step", { n: at + 1, all: steps.length, title: steps[at].title })),
      h("ol", null, steps.map((each) => h("li", { class: `is-${each.state}`, "aria-current": each.state === "now" && "step", dir: "auto" }, each.title, unseen(` (${say("steps", { of: each.state })})`)))),
    );
    if (focused) this.progress.firstChild.focus();
  }

  onWaiting(queue) {
    this.waiting = new Map(queue.filter((item) => item.said && !this.talk.known.has(item.id)).map((item) => [item.id, item]));
    this.pending.replaceChildren(...[...this.waiting.values()].map((item) => this.drawWaiting(item)));
    if (this.shown === "understood" && !this.editing) this.drawSide();
  }

  drawWaiting(item) {
    const drop = (draft) => {
      this.talk.drop(item.key);
      this.open({ draft });
    };
    return h("div", { class: item.failed ? "said failed" : "said waits" }, unseen(say("you")), h("p", "bubble", item.said), item.failed ? [
      h("p", { class: "wrong", role: "alert" }, `${say("not_sent")} ${item.failed}`),
      h("div", "edit", item.text && item.text === item.said && button("link", () => drop(item.text), say("edit")), button("link", () => drop(), say("drop"))),
    ] : soft(say("waits")));
  }

  onStatus(name, seconds) {
    const sending = name === "sending";
    clearTimeout(this.dots);
    this.root.classList.toggle("stuck", seconds > 0);
    this.typing.hidden = true;
    if (sending) {
      this.dots = setTimeout(() => {
        const near = this.isNear();
        this.typing.hidden = false;
        if (near) this.toEnd();
      }, 250);
      return; // what was told stays until there is something better to tell
    }
    const again = seconds && button("link", () => this.talk.pump(), say("now"));
    this.status.replaceChildren(name && say(name, { n: seconds }), again ? " " : "", again || "");
  }

  onReset(name = "gone") {
    if (this.log.querySelector(".turn")) this.log.append(h("p", "day", say(name)));
  }

  onAnew() {
    this.clear();
    this.earlier.hidden = true;
    this.point("");
    this.onWaiting(this.talk.queue());
    this.onState({});
    this.onStatus("");
    this.greet();
    this.show(0);
  }

  onLost() {
    this.onReset("ended");
    this.onState({});
  }

  // ---- reading along ----

  isNear() {
    return this.pane.scrollHeight - this.pane.scrollTop - this.pane.clientHeight < NEAR;
  }

  point(name) {
    this.newest.hidden = !name;
    if (name) this.newest.replaceChildren(icon("down"), name === "fresh" ? say(name) : unseen(say(name)));
  }

  // To the end; but a reply longer than the window is shown from its beginning, with the words it answers.
  toEnd(turn) {
    const { pane } = this;
    const long = turn && turn.offsetHeight > pane.clientHeight && turn.lastElementChild;
    const from = long && turn.firstElementChild.offsetHeight < 90 ? turn : long;
    pane.scrollTo({ top: from ? from.offsetTop - 16 : pane.scrollHeight, behavior: turn && !calm() ? "smooth" : "auto" });
    this.point(long && "newest");
  }

  read() {
    this.keep.set("read", this.talk.last || null);
    this.show(0);
  }

  show(unread) {
    this.unread = unread;
    this.badge.hidden = !unread;
    this.badge.replaceChildren(...(unread ? [h("span", { "aria-hidden": "true" }, unread), unseen(` ${say("unread", { n: unread })}`)] : []));
    this.tell("unread", unread);
  }

  announce(turns) {
    const texts = turns.flatMap(({ view, messages = [] }) => [view?.kind === "warning" && say("warning"), ...messages.map((message) => message.text), view?.options && say("options", { n: view.options.length })]);
    this.heard.textContent = "";
    setTimeout(() => { this.heard.textContent = `${say("we")} ${texts.filter(Boolean).join(" ")}`; }, 60);
  }

  // ---- writing ----

  say(text, said) {
    for (const each of this.log.querySelectorAll(".turn:last-child .replies button")) each.setAttribute("aria-pressed", String(each.value === text));
    this.labels.set(text, said);
    this.talk.send({ kind: "messages", text, said });
    if (!this.input.matches(":focus")) this.pane.focus({ preventScroll: true });
    this.toEnd();
  }

  leave() {
    this.input.placeholder = say("leave");
    this.input.focus();
  }

  submit() {
    const text = this.input.value.trim();
    this.input.focus();
    if (!text || this.limit.textContent) return;
    this.input.value = "";
    this.input.placeholder = say("write");
    this.typed();
    this.say(text, text);
  }

  // Keeps what is being written, says when it is too long, and gives it room.
  typed() {
    const { input } = this;
    const over = input.value.trim().length - (this.info.max_message_chars || 4000);
    this.keep.set("draft", input.value || null);
    this.limit.textContent = over > 0 ? say("too_long", { n: over }) : "";
    input.style.height = "auto";
    input.style.height = `${input.scrollHeight + 2}px`;
  }

  mark(seq) {
    return `${this.talk.who?.sender}:${seq}`;
  }

  rate(seq, rating, text) {
    const all = Object.entries({ ...this.keep.get("rated"), [this.mark(seq)]: rating });
    this.keep.set("rated", Object.fromEntries(all.slice(-200)));
    this.talk.send({ kind: "feedback", seq, rating, text });
  }
}

// ---- the way in for the website ----

const chat = () => document.querySelector("advisor-chat");

function place() {
  if (chat() || !script) return;
  const made = document.createElement("advisor-chat");
  for (const { name, value } of script.attributes) if (name.startsWith("data-")) made.setAttribute(name.slice(5), value);
  const { inline } = script.dataset;
  const there = inline && document.querySelector(inline);
  if (inline === undefined) document.body.append(made);
  else if (there) there.append(made);
  else script.after(made);
}

customElements.define("advisor-chat", AdvisorChat);
window.Advisor = {
  open: (how) => chat().open(how),
  close: () => chat().close(),
  identify: (token) => chat().identify(token),
  page: (context) => Object.assign(chat().context, context),
};
addEventListener("hashchange", () => location.hash === "#advisor" && chat().open());
document.addEventListener("click", (event) => {
  const from = event.target.closest && event.target.closest('[data-advisor-open], a[href="#advisor"]');
  if (!from || !chat()) return;
  event.preventDefault();
  chat().open({ draft: from.dataset.advisorOpen });
});
if (document.body) place();
else addEventListener("DOMContentLoaded", place);
