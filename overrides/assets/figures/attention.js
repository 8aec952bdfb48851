import { make } from "../cards/dom.js";
import { attention } from "./attention-arithmetic.js";
import { define, Figure, write } from "./figure.js";

const TOKENS = [1, 2, 3];
const LENGTHS = { q: 4, k: 4, v: 2 };
const EXACT = { minimumFractionDigits: 4, maximumFractionDigits: 4, signDisplay: /** @type {const} */ ("negative") };

/** <fig-attention>: queries, keys and values of three tokens, and what one head makes of them. */
export class FigAttention extends Figure {
  /** @type {HTMLElement[]} */
  #cells = [];

  connectedCallback() {
    super.connectedCallback();
    this.sheet("attention.css");
  }

  /** @param {Record<string, any>} values */
  update(values) {
    const { scaled, causal } = values;
    const [q, k, v] = Object.entries(LENGTHS).map(([letter, length]) =>
      TOKENS.map((token) => Array.from({ length }, (_, at) => values[`${letter}${token}${at + 1}`])),
    );
    const { scores, weights, outputs } = attention(q, k, v, { scaled, causal });
    if (!this.view.firstChild) this.#lay();
    write(/** @type {Element} */ (this.view.querySelector("caption")), this.say(scaled ? "divided" : "scores"));
    const written = [
      ...scores.flat().map((score) => this.#score(score)),
      ...[...weights, ...outputs].flat().map((number) => this.number(number, EXACT)),
    ];
    for (const [at, text] of written.entries()) write(this.#cells[at], text);
    for (const [at, weight] of weights.flat().entries())
      this.#cells[scores.flat().length + at].style.setProperty("--share", `${weight * 45}%`);
    return TOKENS.map((token, row) => this.#told(token, weights[row], outputs[row])).join(" ");
  }

  /** @param {number} score */
  #score(score) {
    return score === -Infinity ? this.say("hidden") : this.number(score, { ...EXACT, minimumFractionDigits: 0 });
  }

  /**
   * What a token takes most of, and what it gets.
   * @param {number} token
   * @param {number[]} weights
   * @param {number[]} output
   */
  #told(token, weights, output) {
    const most = Math.max(...weights);
    // Equal weights may differ in their last bit.
    const from = TOKENS.filter((_, at) => most - weights[at] < 1e-9).map(String);
    const { lang } = document.documentElement;
    const told = this.say(from.length > 1 ? "several" : "one", {
      token: String(token),
      from: new Intl.ListFormat(lang).format(from),
      share: this.percent(most),
    });
    return `${told} ${this.say("output", { output: output.map((part) => this.number(part, EXACT)).join(", ") })}`;
  }

  /** Lays out the tables, whose cells stay while their numbers change: those of the scores, the weights, the outputs. */
  #lay() {
    this.view.append(
      this.#table("scores", "seen", TOKENS),
      this.#table("weights", "seen", TOKENS, "figure-share"),
      this.#table("outputs", "component", TOKENS.slice(0, LENGTHS.v)),
    );
    this.#cells = [...this.view.querySelectorAll("td")].filter((cell) => cell.previousSibling);
  }

  /**
   * A row for each token.
   * @param {string} caption
   * @param {string} head what the columns are
   * @param {number[]} columns
   * @param {string} [kind] the class of cells that have a color by their number
   */
  #table(caption, head, columns, kind = "") {
    const th = (/** @type {string} */ scope, /** @type {string} */ name, /** @type {number} */ at) =>
      make("th", { scope }, this.say(name, { at }));
    return make(
      "table",
      { class: "attention-table" },
      make("caption", {}, this.say(caption)),
      make("tr", {}, make("td"), ...columns.map((at) => th("col", head, at))),
      ...TOKENS.map((at) => make("tr", {}, th("row", "token", at), ...columns.map(() => make("td", { class: kind })))),
    );
  }
}

define("attention", FigAttention);
