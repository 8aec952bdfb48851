/* Cuts the prompts of the figure on shots where the tokenizer of GPT-2 and GPT-3 cuts them.
 *
 * The cuts stand in overrides/figures/shots.html, and this is how they came there. Needs the
 * vocabulary, which is larger than all else here together, and so no test runs it:
 *
 *     npm install --no-save gpt-tokenizer@4.0.0
 *     node tests/content/real_token_counts.mjs          tells what is cut elsewhere
 *     node tests/content/real_token_counts.mjs --write  cuts it anew
 *
 * A part is not cut by itself: the whole prompt is, with each number of examples, and the script
 * fails if a token crosses from part to part or if a part is cut in two ways.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { decode, encode } from "gpt-tokenizer/encoding/r50k_base";

const FILE = new URL("../../overrides/figures/shots.html", import.meta.url);
const TASK = /(<ol hidden data-task="[^"]+">\n)([^]*?)(<\/ol>)/g;

/** A part of a prompt from how it is written: without cuts, its line breaks as such. */
const plain = (written) => written.replaceAll("|", "").replaceAll("↵", "\n");

/** The tokens of a prompt, part for part. */
function cutPrompt(parts) {
  const tokens = encode(parts.join("")).map((token) => decode([token]));
  return parts.map((part) => {
    let text = "";
    const cut = [];
    while (text.length < part.length) text += cut.push(tokens.shift()) && cut.at(-1);
    if (text !== part) throw new Error(`A token crosses the end of ${JSON.stringify(part)}`);
    return cut.join("|").replaceAll("\n", "↵");
  });
}

/** The parts of a task, instruction, examples and query, with the same cuts in each prompt. */
function cutTask(parts) {
  const [query] = parts.slice(-1);
  const found = new Map();
  for (let shots = 0; shots < parts.length - 1; shots += 1) {
    const used = [...parts.slice(0, shots + 1), query];
    cutPrompt(used).forEach((cut, n) => {
      if ((found.get(used[n]) ?? cut) !== cut) throw new Error(`Cut in two ways: ${used[n]}`);
      found.set(used[n], cut);
    });
  }
  return parts.map((part) => found.get(part));
}

const was = readFileSync(FILE, "utf8");
const is = was.replace(TASK, (_, start, items, end) => {
  const parts = [...items.matchAll(/<li>(.*)<\/li>/g)].map(([, written]) => plain(written));
  return start + cutTask(parts).map((part) => `<li>${part}</li>\n`).join("") + end;
});
if (process.argv.includes("--write")) writeFileSync(FILE, is);
else if (is !== was) throw new Error("Some cuts are not the tokenizer's. Run this with --write.");
console.log(is === was ? "Every cut is the tokenizer's." : "Cut anew.");
