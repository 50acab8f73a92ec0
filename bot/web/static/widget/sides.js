// What stands beside the conversation: what was understood, promises, other conversations, privacy, a new start.

class Sides extends Cards {
  side_understood({ understood = {}, promises = [] }) {
    const { concerns = [], about_you: about = [] } = understood;
    const waits = new Map(this.talk.queue().filter((item) => item.line).map((item) => [item.line, item]));
    const part = (title, lines, tag) => lines.length > 0 && h("section", "concern", h("h3", null, title, tag), h("ul", "lines", lines.map((line) => this.line(line, waits.get(line.id)))));
    const parts = [...concerns.map((each) => part(each.title, each.lines, !each.active && h("span", "tag", say("parked")))), part(say("about_you"), about)];
    return [
      soft(say(parts.some(Boolean) ? "understood_hint" : "understood_none")),
      parts,
      promises.length > 0 && h("section", "concern", titled(say("promises")), this.side_promises(this.talk.state)),
    ];
  }

  line(line, sent) {
    if (this.editing === line.id) return h("li", null, this.editor(line, sent));
    const waits = sent && !sent.failed;
    const value = waits ? sent.shown : line.value;
    return h("li", { "data-line": line.id }, [
      h("p", "label", line.label, !line.sure && h("span", "tag", say("unsure"))),
      h(value ? "p" : "del", "value", value || line.value),
      waits ? soft(say("saving")) : [
        line.quote && h("q", null, line.quote),
        line.source !== "customer" && soft(say("from", { of: line.source })),
        sent && h("p", { class: "wrong", role: "alert" }, sent.failed),
        line.editable && h("div", "edit", [
          line.kind !== "fixed" && button("link", () => this.edit(line.id), say("correct"), { "aria-label": say("correct_line", line) }),
          button("link", () => this.correct(line, null), say("remove"), { "aria-label": say("remove_line", line) }),
        ]),
      ],
    ]);
  }

  edit(id) {
    const before = this.editing;
    this.editing = id;
    this.drawSide(id ? "form :is(input, select)" : `[data-line="${CSS.escape(before)}"] button`);
  }

  editor(line, sent) {
    const choices = line.choices || [];
    const field = h(choices.length ? "select" : "input", { "aria-label": say("correct_line", line), autocomplete: "off" }, choices.map((each) => h("option", { value: each.value, selected: each.label === line.value }, each.label)));
    if (!choices.length) field.value = sent ? sent.value : line.value;
    const save = (event) => {
      event.preventDefault();
      const value = field.value.trim();
      const shown = choices.length ? field.selectedOptions[0].label : value;
      this.edit(null);
      if (value && shown !== line.value) this.correct(line, value, shown);
    };
    const leave = (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.edit(null);
    };
    return h("form", { onsubmit: save, onkeydown: leave }, [
      h("p", "label", line.label),
      field,
      h("div", "acts", h("button", "go", say("save")), button("plain", () => this.edit(null), say("cancel"))),
    ]);
  }

  correct(line, value, shown) {
    for (const item of this.talk.queue()) if (item.line === line.id && item.failed) this.talk.drop(item.key);
    this.talk.send({ kind: "understood", line: line.id, value, shown, said: say(shown ? "corrects" : "removes", { label: line.label.replace("?", ""), value: shown }) });
    this.drawSide();
  }

  side_past() {
    const list = h("ul", "lines");
    const note = h("p", { class: "soft", role: "status" }, "…");
    this.talk.all().then(({ known, whole }) => {
      const others = known.filter((each) => each.sender !== this.talk.who?.sender);
      note.textContent = !whole ? say("past_failed") : others.length ? "" : say("past_none");
      list.append(...others.map((each) => h("li", null, [
        h("strong", null, each.about || say("untitled")),
        soft(words.day(each.last_active_at || each.started_at)),
        h("div", "edit", [
          button("link", () => { this.shut(); this.talk.resume(each); }, say("resume")),
          each.copy && button("link", () => { this.talk.forget(each.sender); this.drawSide(); }, say("past_forget")),
        ]),
      ])));
    });
    return [note, list];
  }

  side_privacy({ consent = {} }) {
    const page = this.path(consent.privacy_url || this.info.privacy_url);
    const ask = (name) => button("plain", () => { this.shut(); this.say(say(name), say(name)); }, say(name));
    return [
      h("p", null, say("notes", { of: consent.notes || "unasked" })),
      page && h("p", null, h("a", { href: page, target: "_blank", rel: "noopener" }, say("privacy_page"))),
      h("div", "acts", ask("know"), ask("erase")),
    ];
  }

  side_restart() {
    const unsent = this.talk.queue().length;
    return [
      h("p", null, say("restart_tell")),
      unsent > 0 && h("p", null, say("restart_lost", { n: unsent })),
      h("div", "acts", button("go", () => { this.shut(); this.talk.restart(); }, say("restart")), button("plain", () => this.shut(), say("restart_no"))),
    ];
  }
}
