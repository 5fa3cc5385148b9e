// vendor-tokens.mjs FOLDER STYLE: prints the custom properties that STYLE needs, light and dark, from the vendor's files.
import { readFileSync } from "node:fs";

const [folder, style] = process.argv.slice(2);
const read = (name) => readFileSync(`${folder}/${name}`, "utf8");

/** Declarations of the blocks whose selector list names `selector`. */
function tokens(css, selector) {
  const found = new Map();
  for (const [, selectors, body] of css.matchAll(/([^{}]+)\{([^{}]*)\}/g)) {
    if (!selectors.split(",").some((one) => one.trim() === selector)) continue;
    for (const [, name, value] of body.matchAll(/(--[\w-]+):([^;]*)/g)) found.set(name, value);
  }
  return found;
}

const global = tokens(read("001_b24_global.css"), ":root");
const light = new Map([...global, ...tokens(read("003_b24_context_light.css"), ":root")]);
const dark = tokens(read("004_b24_context_dark.css"), ".dark");

/** Names used, and names that their values use in turn. */
const used = new Set();
const want = (text) => {
  for (const [, name] of text.matchAll(/var\((--ui-[\w-]+)/g)) {
    if (used.has(name)) continue;
    used.add(name);
    for (const theme of [light, dark]) if (theme.has(name)) want(theme.get(name));
  }
};
want(readFileSync(style, "utf8"));

const unknown = [...used].filter((name) => !light.has(name));
if (unknown.length) throw new Error(`not a token: ${unknown.join(", ")}`);

const block = (theme, indent) =>
  [...used].sort().filter((name) => theme.has(name)).map((name) => `${indent}${name}: ${theme.get(name)};`).join("\n");
console.log(`/* Bitrix24 design tokens, MIT; see README.md. Made by scripts/vendor-tokens.sh: do not edit. */`);
console.log(`:root {\n${block(light, "  ")}\n}`);
console.log(`@media (prefers-color-scheme: dark) {\n  :root {\n${block(dark, "    ")}\n  }\n}`);
