// What the browser keeps: the conversation for all tabs, what was not sent yet in its order, and small choices.
// Each unsent thing has a key of its own, so that two tabs never overwrite each other's.

class Keep {
  constructor(space) {
    this.space = `advisor:${space}:`;
    this.spare = new Map(); // for a browser that keeps nothing: then it holds until the page is left
    this.stamp = 0;
  }

  get(name) {
    const key = this.space + name;
    if (this.spare.has(key)) return this.spare.get(key);
    try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
  }

  set(name, value) {
    const key = this.space + name;
    this.spare.delete(key);
    try {
      if (value === null) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify(value));
    } catch {
      if (value !== null) this.spare.set(key, value);
    }
  }

  names(start) {
    let kept = [];
    try { kept = Object.keys(localStorage); } catch { /* none */ }
    const all = new Set([...kept, ...this.spare.keys()].filter((key) => key.startsWith(this.space + start)));
    return [...all].map((key) => key.slice(this.space.length)).sort();
  }

  queue(item) {
    const last = this.names("out:").pop();
    this.stamp = Math.max(Date.now(), this.stamp + 1, last ? Number(last.split(":")[1]) + 1 : 0);
    this.set(`out:${this.stamp}:${item.id}`, item);
  }

  queued() {
    return this.names("out:").map((key) => ({ ...this.get(key), key })).filter((item) => item.id);
  }
}

const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

// One tab at a time, where the browser can promise that; elsewhere the message ids still keep a turn from being taken twice.
const alone = (name, work) => (navigator.locks ? navigator.locks.request(name, work) : work());
