// One conversation: what was said, what waits to be sent, and the effort to get it there once and in order.
// It knows nothing of how it looks; it tells its `face`, the element, and asks it what the website said.

const PAUSES = [1, 2, 4, 8, 15, 30];
const LATE = 10000; // after so many milliseconds another tab's message is sent from here
const PAGE = 50;
const DAY = 86400000;

class Talk {
  constructor(line, keep, face) {
    Object.assign(this, { line, keep, face });
    this.who = keep.get("who");
    this.state = {};
    this.last = 0;
    this.known = new Set(); // ids of messages whose turns were told
    this.theirs = new Set(); // keys of what other tabs have just written, and send themselves
    this.over = new AbortController();
    const { signal } = this.over;
    addEventListener("storage", (event) => this.elsewhere(event), { signal });
    addEventListener("online", () => this.back(), { signal });
    addEventListener("pageshow", () => this.back(), { signal });
    document.addEventListener("visibilitychange", () => (document.hidden ? this.rest() : this.back()), { signal });
  }

  // The element was taken out of the page; what waits stays for the next one.
  end() {
    this.over.abort();
    this.who = null;
    this.rest();
  }

  // ---- from the server ----

  async open() {
    if (this.who) await this.refresh();
    this.pump();
    this.watch();
  }

  async refresh() {
    const before = this.last;
    try {
      const state = await this.line.ask(`/chat/state${before ? "?limit=5" : ""}`, this.who.session);
      this.take(state, before === 0, state.last_seq < before && this.last === before);
    } catch (problem) {
      this.failed(problem);
    }
  }

  failed(problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (problem.status === 401) this.lose();
    else if (!this.last && !this.queue().length) this.face.onStatus("cannot_load");
  }

  // A turn is told once and in its place, whoever brings it.
  take(state, all, again) {
    const reset = again && state.last_seq < this.last;
    if (reset) {
      this.last = 0;
      this.face.onReset();
    }
    const fresh = state.turns.filter((turn) => this.isFresh(turn));
    if (this.last && !reset && fresh.length && fresh[0].seq > this.last + 1) {
      this.newest().catch((problem) => this.failed(problem)); // more was said elsewhere than this brings
      return;
    }
    if (state.last_seq >= (this.state.last_seq || 0) || reset) this.state = { ...state, turns: null };
    this.last = Math.max(this.last, ...state.turns.map((turn) => turn.seq));
    if (fresh.length) {
      for (const turn of fresh) this.known.add(turn.message_id);
      this.face.onTurns(fresh, all && !reset);
    }
    this.face.onState(this.state);
  }

  // A turn of ours is told whatever its number: an erased conversation begins to count again.
  isFresh(turn) {
    if (turn.message_id && this.known.has(turn.message_id)) return false;
    return turn.seq > this.last || this.queue().some((item) => item.id === turn.message_id);
  }

  async earlier(before) {
    return this.line.ask(`/chat/turns?before=${before}&limit=${PAGE}`, this.who.session);
  }

  async newest() {
    const state = await this.line.ask("/chat/state", this.who.session);
    this.last = 0;
    this.known.clear();
    return this.take(state, true);
  }

  // While someone may be looking, turns taken elsewhere are heard of; without a stream they are asked for.
  async watch() {
    if (this.watching || !this.who || document.hidden || !this.wanted()) return;
    this.watching = true;
    for (let tries = 0; this.who && !document.hidden && this.wanted(); tries += 1) {
      this.stream = new AbortController();
      const started = Date.now();
      try {
        await this.line.listen(`/chat/events?after=${this.last}`, this.who.session, (state) => (state.reset || state.last_seq !== this.last) && this.take(state, !this.last && !this.queue().length, state.reset), this.stream);
      } catch { /* it is tried again, and asked for meanwhile */ }
      if (Date.now() - started > 10000) tries = 0;
      await pause(Math.min(20, 1 + 2 * tries), (wake) => { this.rouse = wake; });
      if (this.who && !document.hidden) await this.refresh();
    }
    this.watching = false;
  }

  wanted() {
    return this.face.isOpen() || Date.now() - (this.keep.get("active") || 0) < DAY / 24;
  }

  rest() {
    if (this.stream) this.stream.abort();
  }

  back() {
    if (this.wake) this.wake();
    if (this.rouse) this.rouse();
    if (this.who && !document.hidden && (this.last || this.face.isOpen())) this.refresh().then(() => this.watch());
    this.pump();
  }

  elsewhere({ key, newValue }) {
    if (!key || !key.startsWith(this.keep.space)) return;
    const name = key.slice(this.keep.space.length);
    if (name.startsWith("out:")) {
      if (newValue) this.theirs.add(name);
      this.face.onWaiting(this.queue());
      clearTimeout(this.soon);
      clearTimeout(this.late);
      if (!newValue) this.soon = setTimeout(() => this.who && this.refresh(), 150);
      this.late = setTimeout(() => {
        this.theirs.clear();
        this.pump();
      }, LATE);
    } else if (name === "who") {
      this.adopt(this.keep.get("who"), false);
    }
  }

  // ---- to the server ----

  queue() {
    return this.keep.queued();
  }

  send(item) {
    this.keep.queue({ id: newId(), page: this.face.page(), ...item });
    this.pump(); // first on its way, then drawn
    this.keep.set("active", Date.now());
    this.face.onWaiting(this.queue());
  }

  drop(key) {
    this.keep.set(key, null);
    this.face.onWaiting(this.queue());
  }

  async pump() {
    if (this.pumping) {
      if (this.wake) this.wake();
      return;
    }
    this.pumping = true;
    let tries = 0;
    while (this.next()) {
      const problem = await this.attempt();
      if (!problem) {
        tries = 0;
        this.face.onStatus("");
        continue;
      }
      const seconds = Math.max(problem.after, PAUSES[Math.min(tries, PAUSES.length - 1)]);
      tries += 1;
      const why = problem.status === 429 ? "busy" : navigator.onLine ? "unreachable" : "offline";
      this.face.onStatus(why, seconds);
      await pause(seconds, (wake) => { this.wake = wake; });
      this.wake = null;
      if (!this.next()) this.face.onStatus("");
    }
    this.pumping = false;
    this.watch();
  }

  next() {
    return this.over.signal.aborted ? null : this.queue().find((item) => !item.failed && !this.theirs.has(item.key));
  }

  // Sends what is first in line; returns the problem when it is worth another try.
  async attempt() {
    const item = this.next();
    if (!item) return null;
    this.face.onStatus("sending");
    try {
      const state = await this.deliver(item);
      if (state) this.take(state);
      this.keep.set(item.key, null);
      if (state?.last_seq < this.last) this.refresh();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (problem.again) return problem;
      const { key, ...kept } = item;
      if (this.keep.get(key)) this.keep.set(key, { ...kept, failed: `${problem.message} ${problem.advice}`.trim() });
    }
    this.face.onWaiting(this.queue());
    return null;
  }

  async deliver(item) {
    const who = this.joined() || (await this.begun(item));
    try {
      return await this.line.ask(...this.request(item, who));
    } catch (problem) {
      if (problem.status !== 401) throw problem;
      this.lose();
      if (item.kind !== "messages") return null; // it belonged to a conversation that is no more
      return this.line.ask(...this.request(item, await this.begun(item)));
    }
  }

  request({ kind, id, text, page, line, value, seq, rating }, who) {
    const body = { messages: { text, message_id: id, page }, understood: { line, value, message_id: id }, feedback: { seq, rating, text } }[kind];
    return [`/chat/${kind}`, who.session, body];
  }

  // The conversation to send in; one at a time begins one, so that two tabs never begin two.
  async begun(item) {
    return this.joined() || alone(`${this.keep.space}begin`, async () => this.joined() || this.start(item));
  }

  joined() {
    const kept = this.keep.get("who");
    if (kept && kept.session !== this.who?.session) this.adopt(kept, false);
    return kept;
  }

  async start(item) {
    const began = await this.begin(this.face.token);
    this.who = { ...began, started_at: new Date().toISOString(), about: (item.said || "").slice(0, 80) };
    this.keep.set("who", this.who);
    this.face.onState(this.state);
    return this.who;
  }

  async begin(token) {
    try {
      return await this.line.ask("/chat/session", null, { customer_token: token || undefined });
    } catch (problem) {
      if (!token || ![401, 403, 422].includes(problem.status)) throw problem;
      return this.begin(null); // an expired token must not keep a person from asking
    }
  }

  // ---- other conversations ----

  past() {
    return this.keep.get("past") || [];
  }

  async all() {
    const known = this.past();
    if (!this.face.token || !this.who) return { known, whole: true };
    try {
      const { conversations } = await this.line.ask("/chat/conversations", this.who.session);
      const senders = new Set(conversations.map((each) => each.sender));
      return { known: [...conversations, ...known.filter((each) => !senders.has(each.sender))], whole: true };
    } catch {
      return { known, whole: false };
    }
  }

  aside() {
    const others = this.past().filter((each) => each.sender !== this.who?.sender);
    const kept = this.who && this.last ? [{ ...this.who, last_active_at: new Date().toISOString() }, ...others] : others;
    this.keep.set("past", kept.slice(0, 20));
  }

  forget(sender) {
    this.keep.set("past", this.past().filter((each) => each.sender !== sender));
  }

  restart() {
    this.aside();
    for (const item of this.queue()) this.keep.set(item.key, null);
    this.adopt(null, true);
  }

  resume(conversation) {
    this.aside();
    this.forget(conversation.sender);
    this.adopt(conversation, true);
  }

  adopt(who, tell) {
    if (tell) this.keep.set("who", who);
    if (who && who.session === this.who?.session) return;
    this.who = who;
    this.state = {};
    this.last = 0;
    this.known.clear();
    this.rest();
    this.face.onAnew();
    if (who) this.refresh().then(() => this.watch());
  }

  lose() {
    if (!this.who) return;
    this.who = null;
    this.keep.set("who", null);
    this.state = {};
    this.last = 0;
    this.rest();
    this.face.onLost();
  }
}
