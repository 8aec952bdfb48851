import { define, Fault, Figure, shape } from "./figure.js";
import { factors } from "./lora-arithmetic.js";

const LONGEST = 150; // units of the drawing that the longer side of the matrix takes
const THINNEST = 5; // what is thinner could not be seen

/** <fig-lora>: a matrix and its two factors, drawn to scale, and how many numbers each has. */
export class FigLora extends Figure {
  /** @param {Record<string, any>} values */
  update({ d, k, r, n }) {
    const shorter = Math.min(d, k);
    if (r > shorter) throw new Fault("r", "tooHigh", { shorter });
    const found = factors(d, k, r, n);
    this.view.replaceChildren(this.#matrices(d, k, r), this.#bars(found));
    const share = this.#share(found.share);
    const saves = found.share < 1 ? this.say("saves", { saved: this.#share(1 - found.share) }) : this.say("costs");
    const even = this.say(found.lastSaving ? "even" : "never", { rank: found.lastSaving });
    const total = n > 1 ? this.say("total", { n, total: found.total }) : "";
    const { full, trained } = found;
    return [this.say("result", { full, trained, share }), saves, even, total].filter(Boolean).join(" ");
  }

  /** @param {number} part */
  #share(part) {
    // Near the whole, three digits would hide what is saved.
    return this.number(part, { style: "percent", maximumSignificantDigits: Math.abs(1 - part) < 0.1 ? 4 : 3 });
  }

  /**
   * @param {number} d
   * @param {number} k
   * @param {number} r
   */
  #matrices(d, k, r) {
    const unit = LONGEST / Math.max(d, k);
    const [high, wide, thin] = [d, k, r].map((size) => Math.max(size * unit, THINNEST));
    const [bLeft, aLeft] = [wide + 30, wide + 60 + thin];
    const top = 24;
    const box = (/** @type {Record<string, string | number>} */ at) => shape("rect", at);
    const label = (/** @type {number} */ x, /** @type {string} */ text) => shape("text", { class: "figure-text", x, y: 14 }, text);
    const height = top + high + 2;
    const drawn = shape(
      "svg",
      { viewBox: `0 0 360 ${height}`, role: "img", "aria-label": this.say("drawn", { d, k, r }), stroke: "currentColor", "font-size": 13 },
      label(0, "W"),
      box({ class: "figure-box", x: 1, y: top, width: wide, height: high }),
      label(bLeft, "B"),
      box({ class: "figure-box figure-a", x: bLeft, y: top, width: thin, height: high }),
      label(aLeft, "A"),
      box({ class: "figure-box figure-b", x: aLeft, y: top, width: Math.min(wide, 358 - aLeft), height: thin }),
    );
    return drawn;
  }

  /** @param {ReturnType<typeof factors>} found */
  #bars({ full, b, a, trained }) {
    const unit = 356 / Math.max(full, trained);
    const bar = (/** @type {number} */ y, /** @type {number} */ x, /** @type {number} */ size, kind = "") =>
      shape("rect", { class: `figure-box ${kind}`, x: 2 + x * unit, y, width: Math.max(size * unit, 1), height: 18 });
    const label = (/** @type {number} */ y, /** @type {string} */ text) => shape("text", { class: "figure-text", x: 2, y }, text);
    return shape(
      "svg",
      { viewBox: "0 0 360 96", "aria-hidden": "true", stroke: "currentColor", "font-size": 13 },
      label(14, this.say("matrix", { full })),
      bar(20, 0, full),
      label(64, this.say("factors", { b, a })),
      bar(70, 0, b, "figure-a"),
      bar(70, b, a, "figure-b"),
    );
  }
}

define("lora", FigLora);
