// The page to try the widget's settings: the preview follows the form, and the line to copy follows both.
"use strict";

const form = document.getElementById("settings");
const line = document.getElementById("line");
const copied = document.getElementById("copied");
const preview = document.querySelector(".preview");
const given = form.elements.accent.value;

function escaped(text) {
  return text.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;");
}

// What was chosen, by attribute; what is as it would be anyway is left out.
function chosen() {
  const told = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, value.trim()]).filter(([, value]) => value));
  if (told.inline) {
    told.inline = true;
    delete told.position;
  }
  return told;
}

function written(told) {
  const words = Object.entries(told).map(([name, value]) => (value === true ? ` data-${name}` : ` data-${name}="${escaped(value)}"`));
  return `<script src="${location.origin}/widget.js"${words.join("")} defer></script>`;
}

// A changed look is taken up by the element; changed words need a new one.
function follow(event) {
  const told = chosen();
  line.textContent = written(told);
  copied.textContent = "";
  const name = event && event.target.name;
  const old = preview.querySelector("advisor-chat");
  if (["accent", "theme", "dir"].includes(name)) {
    if (told[name]) old.setAttribute(name, told[name]);
    else old.removeAttribute(name);
    return;
  }
  if (!["label", "greeting", "topic"].includes(name)) return;
  const made = document.createElement("advisor-chat");
  for (const [key, value] of Object.entries({ ...told, inline: "" })) made.setAttribute(key, value);
  old.replaceWith(made);
}

document.getElementById("copy").addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(line.textContent);
    copied.textContent = "Copied.";
  } catch {
    getSelection().selectAllChildren(line);
    copied.textContent = "Press Ctrl+C: the line is selected.";
  }
});
form.addEventListener("input", (event) => event.target.name === "accent" && follow(event));
form.addEventListener("change", follow);
form.addEventListener("submit", (event) => event.preventDefault());
form.elements.accent.value = given;
follow();
