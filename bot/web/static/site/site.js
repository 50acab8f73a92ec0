// A link from the company may say who the customer is: the token leaves the address bar and goes to the chat.
"use strict";

const told = new URLSearchParams(location.hash.slice(1)).get("customer");
if (told) {
  history.replaceState(null, "", location.pathname + location.search);
  customElements.whenDefined("advisor-chat").then(() => {
    window.Advisor.identify(told);
    window.Advisor.open();
  });
}
