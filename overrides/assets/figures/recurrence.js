import { define, Figure, shape } from "./figure.js";
import { distances, halving } from "./recurrence-arithmetic.js";

/** Where the chart's lines run, in units of the drawing. */
const [LEFT, RIGHT, TOP, BOTTOM] = [40, 292, 34, 190];
const TICKS = 5;
const POWERS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** <fig-recurrence>: how a toy of a recurrent network forgets its first word, and how far away it is for attention. */
export class FigRecurrence extends Figure {
  /** @param {Record<string, any>} values */
  update({ n, gain, seed }) {
    const found = distances(seed, gain, n);
    const shares = found.map((distance) => distance / found[0]);
    const share = shares[n - 1];
    const left = this.#share(share, "percent");
    this.view.replaceChildren(this.#chart(shares), this.#paths(n));
    if (n === 1) return this.say("one");
    const steps = halving(share, n - 1);
    const half = this.number(steps, { maximumSignificantDigits: 2 });
    const fate = share > 1 ? this.say("grows") : steps ? this.say("halves", { half }) : "";
    // States that are once the same stay so.
    const told = share ? this.say("result", { n, left }) : this.say("gone", { step: shares.indexOf(0) + 1 });
    return [told, fate, this.say("attention", { n })].filter(Boolean).join(" ");
  }

  /**
   * @param {number} share
   * @param {"percent" | "decimal"} style
   */
  #share(share, style) {
    if (share && share < 1e-4) {
      const power = Math.floor(Math.log10(share));
      return `${this.number(share / 10 ** power, { maximumFractionDigits: 0 })} × ${tenTo(power)}`;
    }
    return this.number(share, { style, maximumSignificantDigits: 2 });
  }

  /** @param {number[]} shares by step, the first of them 1 */
  #chart(shares) {
    const n = shares.length;
    const shown = shares.filter(Boolean);
    const high = Math.ceil(Math.log10(Math.max(...shown)) - 1e-9);
    const low = Math.min(high - 1, Math.floor(Math.log10(Math.min(...shown))));
    const across = (/** @type {number} */ step) => LEFT + 8 + ((step - 1) / Math.max(n - 1, 1)) * (RIGHT - LEFT - 8);
    const down = (/** @type {number} */ share) => TOP + ((high - Math.log10(share)) / (high - low)) * (BOTTOM - TOP);
    const points = shown.map((share, step) => [across(step + 1), down(share)]);
    const apart = Math.ceil((high - low) / TICKS);
    const ticks = Array.from({ length: Math.floor((high - low) / apart) + 1 }, (_, n) => high - n * apart);
    const [x, y] = points[points.length - 1];
    const gone = shown.length < n;
    const left = gone ? this.say("same") : this.#share(shares[n - 1], "decimal");
    const label = this.say("drawn", { n, left });
    return picture(
      228,
      { role: "img", "aria-label": label },
      text(4, 16, this.say("difference")),
      ...ticks.flatMap((power) => [
        text(LEFT - 6, down(10 ** power) + 4, tenTo(power), "end"),
        shape("path", { d: `M ${LEFT} ${fixed(down(10 ** power))}H${RIGHT}`, "stroke-opacity": 0.25 }),
      ]),
      shape("path", { d: `M ${LEFT} ${TOP}V${BOTTOM}H${RIGHT}` }),
      shape("polyline", { points: points.map((at) => at.map(fixed)).join(" "), "stroke-width": 2 }),
      dots("figure-a", points, 3),
      // Inside the chart it stands clear of its lines.
      text(x + 8, y + (gone ? -6 : 4), left),
      text(across(1), BOTTOM + 18, "1", "middle"),
      ...(n > 1 ? [text(across(n), BOTTOM + 18, this.number(n), "middle")] : []),
      text((LEFT + RIGHT) / 2, BOTTOM + 18, this.say("read"), "middle"),
    );
  }

  /** @param {number} n */
  #paths(n) {
    const apart = Math.min(24, 336 / Math.max(n - 1, 1));
    const end = fixed(12 + (n - 1) * apart);
    const words = (/** @type {number} */ y) => {
      const places = Array.from({ length: n }, (_, word) => [12 + word * apart, y]);
      const ends = [places[0], ...places.slice(1).slice(-1)];
      const size = Math.min(6, apart * 0.34);
      return [dots("figure-box", places.slice(1, -1), size), dots("figure-b", ends, size)];
    };
    const path = (/** @type {string} */ d) => (n > 1 ? [shape("path", { d, "stroke-width": 2 })] : []);
    return picture(
      144,
      { "aria-hidden": "true" },
      text(4, 16, this.say("chain", { steps: n - 1 })),
      ...path(`M12 38H${end}`),
      ...words(38),
      text(4, 80, this.say("jump", { steps: Math.min(n - 1, 1) })),
      ...path(`M12 120C12 84 ${end} 84 ${end} 120`),
      ...words(124),
    );
  }
}

/**
 * @param {number} height
 * @param {Record<string, string>} told
 * @param {...Node} children
 */
function picture(height, told, ...children) {
  const ink = { fill: "none", stroke: "currentColor", "font-size": 13 };
  return shape("svg", { viewBox: `0 0 360 ${height}`, ...told, ...ink }, ...children);
}

/**
 * @param {number} x
 * @param {number} y
 * @param {string} words
 * @param {string} [anchor]
 */
function text(x, y, words, anchor = "start") {
  return shape("text", { class: "figure-text", x: fixed(x), y: fixed(y), "text-anchor": anchor }, words);
}

/**
 * Dots as one shape: fifty elements would take a slow phone a while.
 * @param {string} tint
 * @param {number[][]} places
 * @param {number} size
 */
function dots(tint, places, size) {
  const [out, back] = [2 * size, -2 * size].map((far) => `a${fixed(size)} ${fixed(size)} 0 1 0 ${fixed(far)} 0`);
  const d = places.map(([x, y]) => `M ${fixed(x - size)} ${fixed(y)}${out}${back}z`).join("");
  return shape("path", { class: tint, d });
}

/** @param {number} units of the drawing */
function fixed(units) {
  return units.toFixed(1);
}

/** A power of ten, as it is written. @param {number} power */
function tenTo(power) {
  if (Math.abs(power) < 3) return String(Number((10 ** power).toFixed(2)));
  return `10${power < 0 ? "⁻" : ""}${[...String(Math.abs(power))].map((digit) => POWERS[Number(digit)]).join("")}`;
}

define("recurrence", FigRecurrence);
