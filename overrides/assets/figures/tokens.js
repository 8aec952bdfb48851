/* Byte-pair encoding on the reader's own words, merge by merge. */

import { make } from "../cards/dom.js";
import { Fault, Figure, define } from "./figure.js";
import { encode, read, vocabulary } from "./tokens-arithmetic.js";

const list = new Intl.ListFormat(document.documentElement.lang);

class FigTokens extends Figure {
  connectedCallback() {
    this.sheet("tokens.css");
    super.connectedCallback();
  }

  /**
   * Draws, and returns the result in words.
   * @param {any} values by input name
   */
  update({ words, step }) {
    const given = read(words);
    if (given.fault !== undefined) throw new Fault("words", given.fault, given.values);
    const { states, merges } = encode(given.words);
    // Fewer words have fewer merges, and no other step is there to be shown.
    const at = Math.min(step, merges.length);
    if (at < step) this.fields.step.value = String(at);
    const next = merges[at];
    const rows = given.words.map(([word, often], n) =>
      make(
        "tr",
        {},
        make("th", { scope: "row" }, word),
        make("td", {}, this.number(often)),
        make("td", {}, ...chips(states[at][n], next?.pair)),
      ),
    );
    this.querySelector("tbody")?.replaceChildren(...rows);
    const made = merges.slice(0, at);
    const entries = vocabulary(states[0], made);
    this.#fill(".tokens-entries", this.say("entries", { entries: entries.length }), entries);
    const results = made.map(({ pair }) => pair.join(""));
    this.#fill(".tokens-merges", this.say(at ? "merges" : "none"), results);
    return `${this.say("step", { step: at, steps: merges.length })} ${this.#told(next)}`;
  }

  /** @param {ReturnType<typeof encode>["merges"][0] | undefined} next */
  #told(next) {
    if (!next) return this.say("done");
    const [left, right] = next.pair;
    const told = this.say(next.often > 1 ? "next" : "next-once", { left, right, often: next.often });
    if (!next.ties.length) return `${told} ${this.say("alone")}`;
    const ties = list.format(next.ties.map((pair) => pair.join(" + ")));
    return `${told} ${this.say(next.ties.length > 1 ? "ties" : "tie", { ties })}`;
  }

  /**
   * @param {string} where
   * @param {string} told
   * @param {string[]} pieces
   */
  #fill(where, told, pieces) {
    this.querySelector(where)?.replaceChildren(told, " ", ...chips(pieces));
  }
}

/**
 * Pieces of text, each in a frame; the two that are merged next are marked.
 * @param {string[]} pieces
 * @param {string[]} [pair]
 */
function chips(pieces, pair = []) {
  let second = false;
  return pieces.flatMap((piece, n) => {
    const first = !second && piece === pair[0] && pieces[n + 1] === pair[1];
    const chip = make(first || second ? "mark" : "code", { class: "tokens-piece" }, piece);
    // Of three alike, the first two are merged.
    second = first;
    return [chip, " "];
  });
}

define("tokens", FigTokens);
