// A link from the company may say who the customer is: the token leaves the address bar, goes to the chat, and holds for
// the pages this tab visits.
"use strict";

const CUSTOMER = "advisor.customer";
const told = new URLSearchParams(location.hash.slice(1)).get("customer");
let known = told;
try {
  if (told) sessionStorage.setItem(CUSTOMER, told);
  known = sessionStorage.getItem(CUSTOMER);
} catch { /* a browser that keeps nothing knows it on this page */ }
if (told) history.replaceState(null, "", location.pathname + location.search);
if (known) {
  customElements.whenDefined("advisor-chat").then(() => {
    window.Advisor.identify(known);
    if (told) window.Advisor.open();
  });
}
