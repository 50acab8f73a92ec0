// Opens a call that is under way when there is no network. With a network every page comes from the server.
"use strict";

const CACHE = "advisor-call";
const UNTIL = "Advisor-Kept-Until";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const request = event.request;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request, address));
  else if (address.pathname.startsWith("/static/")) event.respondWith(file(request, address));
});

async function page(request, address) {
  let answer;
  try {
    answer = await fetch(request);
  } catch {
    return (await keptPage(address.pathname)) || nothing();
  }
  const cache = await caches.open(CACHE);
  if (answer.type === "opaqueredirect" || answer.redirected || answer.status === 401) await caches.delete(CACHE);
  else if (answer.ok && answer.headers.has(UNTIL)) await cache.put(address.pathname, answer.clone());
  else if (answer.status < 500) await Promise.all([cache.delete(address.pathname), cache.delete(`${address.pathname}/state`)]);
  return answer;
}

async function keptPage(path) {
  const cache = await caches.open(CACHE);
  const found = await cache.match(path);
  if (found && Number(found.headers.get(UNTIL)) * 1000 > Date.now()) return found;
  if (found) await caches.delete(CACHE);
  return null;
}

async function file(request, address) {
  try {
    const answer = await fetch(request);
    if (answer.ok) {
      const cache = await caches.open(CACHE);
      const copy = answer.clone();
      await cache.delete(address.pathname, { ignoreSearch: true });
      await cache.put(request, copy);
    }
    return answer;
  } catch {
    return (await caches.match(request, { ignoreSearch: true })) || Response.error();
  }
}

function nothing() {
  const text = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>No connection</title>"
    + "<h1>No connection</h1><p>This page is not kept on this device. What you noted in a call is: it is sent when you open the call with a connection.</p>";
  return new Response(text, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": "default-src 'none'" } });
}
