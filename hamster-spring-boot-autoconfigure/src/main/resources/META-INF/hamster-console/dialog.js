// Asks before anything is changed, and says what became of it.

import {text} from "./dom.js";

const dialog = document.getElementById("dialog");

/** Resolves to whether the person confirmed. The focus returns to where it was, if that is still there. */
export function confirm(title, question, action) {
  text(document.getElementById("dialog-title"), title);
  text(document.getElementById("dialog-text"), question);
  text(document.getElementById("dialog-confirm"), action);
  dialog.returnValue = "cancel";
  dialog.showModal();
  return new Promise(resolve => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "confirm"), {once: true});
  });
}

let hide = 0;

/** Says something, to eyes and to screen readers. */
export function announce(message, isBad = false) {
  const place = document.getElementById("announcement");
  clearTimeout(hide);
  place.classList.toggle("bad", isBad);
  place.classList.add("shown");
  place.textContent = message;
  hide = setTimeout(() => {
    place.classList.remove("shown");
    place.textContent = "";
  }, isBad ? 12_000 : 6_000);
}
