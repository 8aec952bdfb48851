/* Greedy decoding against the best sequence, in a tree of two steps. */

import { Figure, define, shape } from "./figure.js";
import { paths } from "./greedy-tree-arithmetic.js";

/** The heights of the two ways, and their tints. */
const ROWS = { A: { y: 26, tint: "figure-a", next: "x" }, B: { y: 138, tint: "figure-b", next: "y" } };

class FigGreedyTree extends Figure {
  /**
   * Draws, and returns the result in words.
   * @param {any} values by input name
   */
  update({ a, x, y }) {
    // Hundredths, since 1 - 0.6 is not quite 0.4 in binary.
    const [ofA, ofX, ofY] = [a, x, y].map((share) => Math.round(100 * share));
    const { throughA, throughB, greedy, best } = paths(ofA, ofX, ofY);
    const first = { A: ofA / 100, B: (100 - ofA) / 100 };
    const second = { A: x, B: y };
    const whole = { A: throughA, B: throughB };
    const ways = /** @type {const} */ (["A", "B"]).map((token) => {
      const { y: height, tint, next } = ROWS[token];
      const product = { first: first[token], second: second[token], whole: whole[token] };
      /** @type {Record<string, string | number>} */
      const line = token === greedy ? { "stroke-width": 3 } : { "stroke-dasharray": "5 4" };
      return shape(
        "g",
        {},
        shape("path", { ...line, d: `M54 82L112 ${height}M144 ${height}H206` }),
        this.#box(112, height, 32, tint, token),
        this.#box(206, height, 32, tint, next),
        this.#text(70, height < 82 ? 44 : 129, this.number(first[token])),
        this.#text(175, height - 8, this.number(second[token])),
        this.#text(246, height - 4, this.say("product", product), "start"),
        this.#text(246, height + 14, this.#role(token, greedy, best), "start"),
      );
    });
    const other = greedy === "A" ? "B" : "A";
    const told = { greedy, next: ROWS[greedy].next, found: whole[greedy], missed: other, other: whole[other] };
    const words = [
      this.say(ofA === 50 ? "tie" : "step", told),
      this.say(best === "both" ? "equal" : best === greedy ? "finds" : "misses", told),
    ].join(" ");
    this.view.replaceChildren(
      shape(
        "svg",
        { viewBox: "0 0 360 164", fill: "none", stroke: "currentColor", "stroke-width": 1.25, "font-size": 13, role: "img", "aria-label": words },
        ...ways,
        this.#box(6, 82, 48, "figure-box", this.say("start")),
      ),
    );
    return words;
  }

  /**
   * What a path is, in words.
   * @param {string} token with which it starts
   * @param {string} greedy
   * @param {string} best
   */
  #role(token, greedy, best) {
    const of = token === greedy ? "greedy" : "other";
    return this.say(best === "both" ? `${of}-equal` : token === best ? `${of}-best` : of);
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {number} width
   * @param {string} kind
   * @param {string} text
   */
  #box(x, y, width, kind, text) {
    return shape(
      "g",
      {},
      shape("rect", { class: kind, x, y: y - 15, width, height: 30, rx: 4 }),
      this.#text(x + width / 2, y + 4.5, text),
    );
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {string} text
   * @param {string} [anchor]
   */
  #text(x, y, text, anchor = "middle") {
    return shape("text", { class: "figure-text", x, y, "text-anchor": anchor }, text);
  }
}

define("greedy-tree", FigGreedyTree);
