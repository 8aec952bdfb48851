/* Bars of the probabilities under temperature, top-k and top-p, and what chance draws from them. */

import { make } from "../cards/dom.js";
import { cut, draw } from "./decoding-arithmetic.js";
import { Figure, define, shape } from "./figure.js";

/** Of how many draws the order is shown, too. */
const ORDERED = 30;

const list = new Intl.ListFormat(document.documentElement.lang);
const three = { minimumFractionDigits: 3, maximumFractionDigits: 3 };
const two = { minimumFractionDigits: 2, maximumFractionDigits: 2 };

/** Bars of the probabilities: outlined before the cut, filled after it, dashed where nothing is left. */
class FigDecoding extends Figure {
  /** @type {Map<string, {outline: Element, filled: Element, cells: HTMLElement[]}>} by token */
  #rows = new Map();

  connectedCallback() {
    this.sheet("decoding.css");
    super.connectedCallback();
  }

  /**
   * Draws, and returns the result in words.
   * @param {any} values by input name; all that is not a setting is the score of a token
   */
  update({ temperature, k, p, draws, seed, ...scores }) {
    const tokens = Object.keys(scores);
    const { before, after, by, bits } = cut(Object.values(scores), { temperature, k, p });
    const drawn = draw(after, seed, draws);
    const often = tokens.map((_, n) => drawn.filter((at) => at === n).length);
    tokens.forEach((token, n) => {
      const { outline, filled, cells } = this.#row(token);
      setWidth(outline, before[n]);
      setWidth(filled, after[n]);
      outline.classList.toggle("figure-dashed", !after[n]);
      const left = by[n] && before[n] ? this.say(by[n]) : this.number(after[n], three);
      [this.number(before[n], three), left, this.number(often[n])].forEach((text, at) => {
        // What stays as it is need not be laid out again.
        if (cells[at].textContent !== text) cells[at].textContent = text;
      });
    });
    const order = this.querySelector(".figure-order");
    const named = drawn.slice(0, ORDERED).map((at) => tokens[at]);
    if (order) order.textContent = this.say(draws > ORDERED ? "start" : "order", { tokens: named.join(", ") });
    const counts = tokens.map((token, n) => `${token} ${this.number(often[n])}`).filter((_, n) => often[n]);
    const told = temperature ? this.#told(tokens, by, bits) : this.say("greedy");
    return `${told} ${this.say("drawn", { draws, seed: String(seed), counts: list.format(counts) })}`;
  }

  /**
   * The row of a token, made when it is asked for first.
   * @param {string} token
   */
  #row(token) {
    const known = this.#rows.get(token);
    if (known) return known;
    const outline = shape("rect", { x: 1, y: 2, height: 20, fill: "none", stroke: "currentColor" });
    const filled = shape("rect", { class: "figure-a", x: 1, y: 6, height: 12 });
    const bar = shape(
      "svg",
      { viewBox: "0 0 100 24", preserveAspectRatio: "none", "aria-hidden": "true" },
      shape("path", { d: "M1 0V24", stroke: "currentColor" }),
      filled,
      outline,
    );
    const cells = [make("td"), make("td"), make("td")];
    const row = make("tr", {}, make("th", { scope: "row" }, token), make("td", {}, bar), ...cells);
    this.querySelector("tbody")?.append(row);
    const made = { outline, filled, cells };
    this.#rows.set(token, made);
    return made;
  }

  /**
   * @param {string[]} tokens
   * @param {string[]} by what cut each
   * @param {number[]} bits before and after the cut
   */
  #told(tokens, by, bits) {
    const [kept, k, p] = ["", "k", "p"].map((what) => list.format(tokens.filter((_, n) => by[n] === what)));
    const [before, after] = bits.map((number) => this.number(number, two));
    const told = [
      this.say(k || p ? "kept" : "all", { kept }),
      k && this.say("cut-k", { tokens: k }),
      p && this.say("cut-p", { tokens: p }),
      this.say(k || p ? "bits" : "same-bits", { before, after }),
    ];
    return told.filter(Boolean).join(" ");
  }
}

/**
 * @param {Element} bar
 * @param {number} share of its greatest width
 */
function setWidth(bar, share) {
  bar.setAttribute("width", String(98 * share));
}

define("decoding", FigDecoding);
