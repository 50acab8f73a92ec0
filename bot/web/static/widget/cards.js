// What a turn shows beside its words: advice compared, an introduction to agree to, promises, a hand-over, a warning.

const RATED = { ease: "ease", timeliness: "timeliness", certainty: "certainty", cost: "cost_rated", choice: "choice" };

class Cards extends HTMLElement {
  // A button that sends a payload; `said` is what the customer is shown to have said.
  sends(payload, className, label, said = label) {
    if (payload) this.labels.set(payload, said);
    return payload && button(className, () => this.say(payload, said), label, { "aria-label": said });
  }

  list(name, items, tag = "ul") {
    return items?.length > 0 && [h("h4", null, say(name)), h(tag, null, items.map((item) => h("li", { dir: "auto" }, item)))];
  }

  question(view) {
    return h("div", "aside", this.sends(view.why, "link", say("why")), this.sends(view.skip, "link", say("skip")));
  }

  // ---- advice ----

  advice({ options = [], priority, doing_nothing: nothing }, seq) {
    const told = say("options", { n: options.length });
    return h("div", "advice", [
      options.length > 1 && button("link compare", () => this.widen(true), [icon("widen"), say("compare")]),
      h("div", { class: "options", role: "group", "aria-label": told }, options.map((each) => this.option(each, priority))),
      nothing && h("p", "nothing", h("strong", null, say("nothing")), " ", nothing),
      this.feedback(seq),
    ]);
  }

  option(each, priority) {
    const advised = each.standing === "advised";
    const more = button("link more", () => this.unfold(more), say(advised ? "less" : "more"), { "aria-expanded": String(advised) });
    return h("article", { class: advised ? "option advised" : "option", "aria-label": each.title }, [
      h("p", "rung", h("span", "tag", say("standings", { of: each.standing })), " ", each.rung_title),
      titled(each.outcome || each.title),
      each.outcome && soft(each.title),
      h("dl", "facts", ["cost", "time"].map((name) => each[name] && h("div", null, h("dt", null, say(name)), h("dd", null, each[name])))),
      each.attributes && this.rated(each.attributes, priority),
      more,
      h("div", "rest", [
        each.reason && h("p", null, each.reason),
        this.list("expect", each.expect),
        this.list("not_expect", each.not_expect),
        this.list("steps_of", (each.steps || []).map((step) => [step.what, soft([step.who, words.day(step.when)].filter(Boolean).join(" · "))]), "ol"),
      ]),
      h("div", "acts", this.sends(each.accept, advised ? "go" : "plain", say("accept"), say("accept_of", each)), this.sends(each.why_not, "link", say("why_not"), say("why_not_of", each))),
    ]);
  }

  unfold(more) {
    const open = more.getAttribute("aria-expanded") === "false";
    more.setAttribute("aria-expanded", String(open));
    more.textContent = say(open ? "less" : "more");
  }

  rated(attributes, priority) {
    const rows = Object.entries(RATED).filter(([name]) => attributes[name] > 0).map(([name, word]) => ({ name: say(word), n: attributes[name], matters: name === priority }));
    const told = rows.map((row) => say(row.matters ? "matters" : "attribute", row)).join(", ");
    return h("div", { class: "rated", role: "img", "aria-label": `${say("attributes")}: ${told}` }, rows.map((row) =>
      h("div", row.matters ? "matters" : "", h("span", null, row.name), h("span", "dots", "●".repeat(row.n), h("i", null, "●".repeat(5 - row.n))))));
  }

  feedback(seq) {
    const box = h("div", { class: "feedback", role: "group", "aria-label": say("useful") });
    const draw = (rating, focus, thanks) => {
      const choice = (value, name) => button("small", () => { this.rate(seq, value); draw(value, "[aria-pressed=true]"); }, say(name), { "aria-pressed": String(rating === value) });
      const text = h("textarea", { rows: 2, "aria-label": say("useful_more"), placeholder: say("useful_more") });
      const send = (event) => {
        event.preventDefault();
        this.rate(seq, rating, text.value.trim());
        draw(rating, ".thanks", true);
      };
      box.replaceChildren(h("span", null, say("useful")), choice(1, "useful_yes"), choice(-1, "useful_no"),
        thanks ? h("span", { class: "thanks", tabindex: -1 }, say("useful_thanks")) : rating ? h("form", { onsubmit: send }, text, h("button", "small", say("send"))) : "");
      if (focus) box.querySelector(focus).focus();
    };
    const before = (this.keep.get("rated") || {})[this.mark(seq)];
    draw(before, "", before);
    return box;
  }

  // ---- another vendor, promises, a person ----

  referral(view) {
    const draft = (view.introduction || "").trim();
    const text = h("textarea", { rows: 7, readonly: !view.editable, oninput: () => { yes.textContent = say(own() ? "refer_yes_edited" : "refer_yes"); } });
    const own = () => text.value.trim() !== draft && text.value.trim();
    const yes = button("go", () => {
      if (own()) this.talk.send({ kind: "understood", line: view.line, value: own(), said: `${say("refer_said")} ${own()}` });
      this.say(view.yes, yes.textContent);
    }, say("refer_yes"));
    this.labels.set(view.yes, say("refer_yes"));
    text.value = draft;
    return h("section", { class: "card", "aria-label": say("refer", view) }, [
      titled(say("refer", view)),
      view.reason && h("p", null, view.reason),
      soft(view.contact && `${say("refer_contact")}: ${view.contact}`),
      h("label", null, say("refer_text"), text),
      this.list("refer_shares", view.shares),
      h("div", "acts", view.yes && yes, this.sends(view.no, "plain", say("refer_no"))),
    ]);
  }

  side_promises({ promises: owed = [], promises_ics: calendar }) {
    const address = this.path(calendar);
    return h("div", "card timeline", owed.length === 0 ? soft(say("promises_none")) : [
      h("ol", null, owed.map((each) => h("li", { class: /^\w+$/.test(each.state) && each.state }, [
        h("p", "due", h("strong", null, say("by", { date: words.day(each.due) || "…" })), h("span", "tag", say("states", { of: each.state }))),
        h("p", null, each.what),
        soft(each.who || say("owners", { of: each.owner })),
      ]))),
      address && h("a", { class: "plain", href: address, download: "promises.ics" }, say("calendar")),
    ]);
  }

  handOver({ staffed, wait, opens, who, role, contact, message }) {
    const name = say(staffed ? "hand_over" : "hand_over_closed");
    const when = staffed ? wait : opens;
    const person = [who, role, contact].filter(Boolean).join(", ");
    return h("section", { class: "card", "aria-label": name }, [
      titled(name),
      when && h("p", null, when),
      soft(person),
      soft(say(message ? "hand_over_leave" : "hand_over_wait")),
      message && h("div", "acts", button("go", () => this.leave(), say("leave"))),
    ]);
  }
}
