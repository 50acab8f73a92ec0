// A call that is open can be opened again without a network: its page and its last state are kept on this device until
// sign-out, as long as the server allows (Advisor-Kept-Until). A call without notes is never kept.
"use strict";

const CACHE = "advisor-call";

class Offline {
  constructor(path, allowed) {
    this.path = path;
    this.state = `${path}/state`;
    this.able = "caches" in window && "serviceWorker" in navigator;
    if (!this.able) return;
    if (allowed) this.begin(); else this.forget();
  }

  async begin() {
    try {
      const controlled = Boolean(navigator.serviceWorker.controller);
      await navigator.serviceWorker.register("/calls/worker.js", { scope: "/calls/" });
      if (!controlled || !(await caches.match(this.path))) await this.fetched();
    } catch { /* this browser keeps nothing: what was noted still waits on the device */ }
  }

  // The first visit is not seen by the worker: what it would have kept is asked for once more.
  async fetched() {
    const cache = await caches.open(CACHE);
    const page = await fetch(this.path, { headers: { Accept: "text/html" } });
    if (page.ok && !page.redirected && page.headers.has("Advisor-Kept-Until")) await cache.put(this.path, page);
    const files = [...document.querySelectorAll("script[src], link[rel=stylesheet], link[rel=icon]")].map((each) => each.src || each.href);
    await cache.addAll(files);
  }

  keep(state) {
    if (!this.able || !state.kept) { if (this.able && state.kept === false) this.forget(); return; }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.store(state).catch(() => { /* next time: what was noted waits on the device in any case */ }), 200);
  }

  async store(state) {
    const cache = await caches.open(CACHE);
    if (!(await cache.match(this.path))) { if (navigator.onLine) await this.fetched(); return; }
    await cache.put(this.state, new Response(JSON.stringify(state), { headers: { "Content-Type": "application/json" } }));
  }

  async last() {
    try {
      const found = this.able && await caches.match(this.state);
      return found ? await found.json() : null;
    } catch { return null; }
  }

  async forget() {
    try {
      const cache = await caches.open(CACHE);
      await Promise.all([cache.delete(this.path), cache.delete(this.state)]);
    } catch { /* then nothing was kept */ }
  }
}
