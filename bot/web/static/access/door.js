// Nobody is signed in here: no page of a call stays on this device.
"use strict";

if ("caches" in window) caches.delete("advisor-call");
