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
