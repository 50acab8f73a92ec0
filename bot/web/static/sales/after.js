// Copying and printing the summary; without this script the downloads are still there.
"use strict";

const summary = document.getElementById("summary");
const copied = document.getElementById("copied");
const copy = document.getElementById("copy");
const print = document.getElementById("print");

copy.hidden = !navigator.clipboard;
print.hidden = false;

copy.addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(summary.value);
    copied.textContent = "Copied.";
  } catch {
    summary.select();
    copied.textContent = "The browser does not allow it. The text is marked: copy it with Ctrl and C.";
  }
});

print.addEventListener("click", () => window.print());

const fit = () => {
  summary.style.height = "auto";
  summary.style.height = `${summary.scrollHeight + 2}px`;
};
summary.addEventListener("input", fit);
window.addEventListener("resize", fit);
fit();

// On paper the text stands as it is meant: headings, quotes and points without their marks.
const sheet = document.getElementById("sheet");
const KINDS = [[/^# /, "h-one"], [/^## /, "h-two"], [/^> ?/, "quoted"], [/^- /, "point"]];

window.addEventListener("beforeprint", () => {
  sheet.replaceChildren(...summary.value.split("\n").filter((line) => line.trim()).map((line) => {
    const part = document.createElement("span");
    const [mark, kind] = KINDS.find(([start]) => start.test(line)) || [/^/, /^\*\*.*\*\*$/.test(line) ? "bold" : "plain-line"];
    part.className = kind;
    part.textContent = line.replace(mark, "").replaceAll("**", "");
    return part;
  }));
});
