// Making what is seen: elements, icons, words and dates. Whatever comes from outside becomes text, never markup.

const SVG = "http://www.w3.org/2000/svg";
const ICONS = {
  chat: "M4 5h16v11H9l-5 4z",
  close: "M6 6l12 12M18 6L6 18",
  menu: "M5 12h.01M12 12h.01M19 12h.01",
  widen: "M14 4h6v6M10 20H4v-6M20 4l-7 7M4 20l7-7",
  send: "M12 19V5M6 11l6-6 6 6",
  back: "M19 12H5M11 6l-6 6 6 6",
  down: "M12 5v14M6 13l6 6 6-6",
  warn: "M12 4l9 16H3zM12 10v4M12 17h.01",
};

// What holds words runs in their direction, whatever the direction of the page.
const WRITTEN = /^(p|h\d|dd|q|del|strong|blockquote|button|textarea|input|select)$/;

function h(tag, props, ...children) {
  const made = document.createElement(tag);
  if (WRITTEN.test(tag)) made.dir = "auto";
  for (const [name, value] of Object.entries(typeof props === "string" ? { class: props } : props || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat(3).filter((child) => child || child === 0));
  return made;
}

function icon(name) {
  const [picture, path] = ["svg", "path"].map((tag) => document.createElementNS(SVG, tag));
  picture.setAttribute("viewBox", "0 0 24 24");
  picture.setAttribute("aria-hidden", "true");
  path.setAttribute("d", ICONS[name]);
  picture.append(path);
  return picture;
}

let words; // of the interface, in the language of the page
const say = (name, values) => words.say(name, values);
const button = (className, onclick, label, props) => h("button", { type: "button", class: className, onclick, ...props }, label);
const tool = (name, onclick, props) => button("tool", onclick, icon(name), { "aria-label": say(name), ...props });
const soft = (text) => text && h("p", "soft", text);
const unseen = (text) => h("span", "unseen", text);
const titled = (text) => h("h3", null, text);

class Words {
  constructor(table, lang) {
    this.table = table;
    this.lang = lang;
    this.place = navigator.languages.find((each) => each.startsWith(lang)) || lang; // British English has British dates
    this.plural = new Intl.PluralRules(lang);
  }

  say(name, values = {}) {
    let text = this.table[name] ?? name;
    if (typeof text === "object") text = text[values.of] ?? text[this.plural.select(values.n)] ?? text.other ?? values.of ?? "";
    return text.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
  }

  // A day as this reader writes it; anything that is no date stays as it was told.
  day(text) {
    if (!/^\d{4}-\d\d-\d\d/.test(text)) return text || "";
    const date = new Date(text.length > 10 ? text : `${text}T00:00`);
    const year = date.getFullYear() === new Date().getFullYear() ? undefined : "numeric";
    return date.toLocaleDateString(this.place, { weekday: "short", day: "numeric", month: "long", year });
  }

  heading(text) {
    return new Date(text).toDateString() === new Date().toDateString() ? this.say("today") : this.day(text);
  }
}

const ITEM = /^\s*(?:[-•*]|(\d+)[.)])\s+(.*)$/;

// A text as paragraphs and lists; `link` may turn a piece of a line into an element.
function blocks(text, link) {
  const made = [];
  let paragraph = null;
  let list = null;
  for (const line of String(text).split(/\r?\n/)) {
    const item = ITEM.exec(line);
    if (item) {
      const tag = item[1] ? "ol" : "ul";
      if (!list || list.localName !== tag) {
        list = h(tag, { dir: "auto", start: item[1] });
        made.push(list);
      }
      list.append(h("li", null, link(item[2])));
      paragraph = null;
    } else if (!line.trim()) {
      paragraph = null;
      list = null;
    } else if (paragraph) {
      paragraph.append(h("br"), ...link(line));
    } else {
      list = null;
      paragraph = h("p", null, link(line));
      made.push(paragraph);
    }
  }
  return made;
}
