// A file of settings is read into the field into which its text can be pasted.

import { page } from "./page.js";

const fileButton = page.querySelector("[data-choose-file]");
const fileChooser = fileButton?.parentElement.querySelector('[type="file"]');
// Of a longer one as much as the server needs to say that it is too long.
const MOST_READ = 512 * 1024 + 1;

if (fileButton) {
  fileButton.hidden = false;
  fileButton.addEventListener("click", () => fileChooser.click());
  fileChooser.addEventListener("change", async () => {
    const chosen = fileChooser.files[0];
    if (!chosen) return;
    const field = document.getElementById("settings-file");
    field.value = await chosen.slice(0, MOST_READ).text();
    // The same one can be chosen once more, when it was mended.
    fileChooser.value = "";
    field.focus();
  });
}
