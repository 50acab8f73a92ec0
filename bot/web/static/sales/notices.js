// What was not done is said plainly, with the words it was about, until the rep has seen to it: none of them is thrown away.
"use strict";

class Notices {
  constructor(list, place, act) {
    this.list = list;
    this.place = place;
    this.act = act;
    list.addEventListener("click", (event) => this.press(event.target.closest("button")));
    this.show();
  }

  get all() { return kept.read(this.place, []); }

  set all(notices) { kept.write(this.place, notices.length ? notices : null); this.show(); }

  add(action, told) {
    const text = `${told.error || "This was not done."} ${told.do || ""}`.trim();
    this.all = [...this.all.filter((each) => each.action.id !== action.id), { action, text, conflict: told.about === "conflict" }];
  }

  press(button) {
    const item = button && button.closest("li");
    if (!item) return;
    const found = this.all.find((each) => each.action.id === item.dataset.id);
    this.all = this.all.filter((each) => each !== found && each.action.id !== item.dataset.id);
    if (!found || button.dataset.notice !== "again") return;
    const { id, kind, at, seen, page, of, ...data } = found.action;
    this.act(kind, data);
  }

  show() {
    this.list.replaceChildren(...this.all.map((each) => {
      const item = document.createElement("li");
      item.dataset.id = each.action.id;
      const told = document.createElement("p");
      told.textContent = each.text;
      item.append(told);
      const words = each.action.label || each.action.text || each.action.value;
      if (words) { const quote = document.createElement("q"); quote.textContent = words; item.append(quote); }
      const row = document.createElement("div");
      row.className = "choices-row";
      if (each.conflict && each.action.kind !== "undo") row.append(pressable("again", "Note mine all the same"));
      row.append(pressable("seen", each.conflict ? "Leave it as it is" : "I have seen it"));
      item.append(row);
      return item;
    }));
  }
}

function pressable(does, text) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "plain small";
  button.dataset.notice = does;
  button.textContent = text;
  return button;
}
