// The line to the server: requests with honest problems, and the stream that tells of turns taken elsewhere.

class Problem extends Error {
  constructor(status, told, after) {
    super(told.error || "");
    this.status = status;
    this.advice = told.do || "";
    this.after = after;
    this.again = status >= 500 || [0, 408, 425, 429].includes(status);
  }
}

const SILENCE = 40; // seconds; the server is heard at least every 15

class Line {
  constructor(base) {
    this.base = base;
  }

  async ask(path, session, body, patience = 40) {
    const headers = {};
    if (session) headers.Authorization = `Bearer ${session}`;
    if (body) headers["Content-Type"] = "application/json";
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), patience * 1000);
    try {
      const answer = await this.fetch(path, { method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body), signal: stop.signal });
      if (answer.status === 204) return null;
      const told = await answer.json().catch(() => null);
      if (answer.ok && told) return told;
      throw new Problem(answer.ok ? 0 : answer.status, told || {}, Number(answer.headers.get("Retry-After")) || 0);
    } finally {
      clearTimeout(timer);
    }
  }

  // The server says itself what may be cached; forbidding it here would have the browser ask leave before every message.
  async fetch(path, options) {
    try {
      return await fetch(this.base + path, { credentials: "omit", referrerPolicy: "no-referrer", ...options });
    } catch {
      throw new Problem(0, {}, 0);
    }
  }

  // Hears states until the stream ends, fails, falls silent or is stopped.
  async listen(path, session, hear, stop) {
    const answer = await this.fetch(path, { headers: { Authorization: `Bearer ${session}`, Accept: "text/event-stream" }, signal: stop.signal });
    if (!answer.ok || !answer.body) throw new Problem(answer.status, {}, 0);
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (;;) {
      const silence = setTimeout(() => stop.abort(), SILENCE * 1000);
      const { done, value } = await reader.read().finally(() => clearTimeout(silence));
      if (done) return;
      const events = (text + value.replace(/\r/g, "")).split("\n\n");
      text = events.pop();
      for (const event of events) {
        const data = event.split("\n").filter((row) => row.startsWith("data:")).map((row) => row.slice(5)).join("\n");
        if (/^event: ?turn$/m.test(event) && data) hear(JSON.parse(data));
      }
    }
  }
}

const pause = (seconds, wake) => new Promise((done) => {
  const timer = setTimeout(done, seconds * 1000);
  wake(() => { clearTimeout(timer); done(); });
});
