// Preparing a call: people, and the answer to whether notes may be kept.
"use strict";
{
  const root = document.getElementById("call");
  const status = document.getElementById("status");
  const panels = new Panels(root);
  const forms = new Map();
  kept.lasting = root.dataset.kept === "yes";
  const outbox = new Outbox(root.dataset.call, {
    user: root.dataset.user,
    on: {
      line: (text) => { status.textContent = text; },
      state: (state) => {
        panels.apply({ people: state.panels.people });
        const asked = document.getElementById("asked");
        if (asked && ["given", "refused"].includes(state.consent)) {
          const said = document.createElement("p");
          said.className = "done";
          said.textContent = state.consent === "given" ? "They allow notes." : "They want none: the call lives in memory only and is gone afterwards.";
          asked.replaceWith(said);
        }
      },
      refused: (action, told) => { if (!showError(forms.get(action.id), told)) status.textContent = `${told.error || ""} ${told.do || ""}`; },
    },
  });
  root.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.dataset.action) return;
    event.preventDefault();
    showError(form, null);
    forms.set(outbox.add(form.dataset.action, { ...formData(form), here: false }).id, form);
    emptied(form);
    const first = form.querySelector("input");
    if (first) first.focus();
  });
  root.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-do]");
    if (!button) return;
    outbox.add(button.dataset.do, dataOf(button));
    if (button.dataset.do === "consent") button.setAttribute("aria-pressed", "true");
  });
  root.addEventListener("change", (event) => {
    if (event.target.matches("input[type=checkbox][data-do]")) outbox.add(event.target.dataset.do, dataOf(event.target));
  });
  outbox.flush();
}
