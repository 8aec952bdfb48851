import { make } from "../cards/dom.js";
import { define, Figure, shape } from "./figure.js";
import { gain, measured, mixture, PARTS, SCORES } from "./instruction-arithmetic.js";

const NAMES = Object.keys(PARTS);
const SIZES = Object.values(PARTS);
const TINTS = ["a", "b", "c", "d"];

// The bar and the chart below it share their scale of tasks.
const LEFT = 34;
const WIDTH = 320;
const GROUND = 200;
const high = (/** @type {number} */ score) => GROUND - 2 * score;

/** <fig-instruction>: which parts a mixture has, and what the paper measured of it. */
export class FigInstruction extends Figure {
  connectedCallback() {
    super.connectedCallback();
    this.sheet("instruction.css");
  }

  /** @param {Record<string, any>} values */
  update(values) {
    for (const part of this.querySelectorAll("[data-shows]"))
      part.toggleAttribute("hidden", part.getAttribute("data-shows") !== values.show);
    if (values.show === "schematic") return this.say("schematic");
    const chosen = NAMES.map((name) => values[name]);
    const found = mixture(SIZES, chosen);
    const row = measured(chosen);
    const drawn = this.view.querySelector("svg");
    drawn?.replaceChildren(...this.#bar(found, chosen), ...this.#chart(found.tasks, row));
    this.view.querySelector("tbody")?.replaceChildren(...this.#rows(found, chosen));
    return [...this.#told(found, row, values.cot)].join(" ");
  }

  /**
   * @param {ReturnType<typeof mixture>} found
   * @param {number} row
   * @param {boolean} steps whether chains of thought are in
   * @returns {Generator<string, void>}
   */
  *#told({ tasks, all, share, shares, largest }, row, steps) {
    if (!tasks) {
      yield this.say("none", { small: SCORES.small[0], large: SCORES.large[0] });
      return;
    }
    const part = this.say(NAMES[largest]);
    yield this.say("result", { tasks, all, share: this.#share(share), part, most: this.#share(shares[largest]) });
    if (row < 0) yield this.say("unmeasured");
    else
      for (const [size, scores] of Object.entries(SCORES)) {
        const { gained, share: part } = gain(scores, row);
        const places = { score: this.#score(scores[row]), gains: this.#score(gained), part: this.percent(part, 0) };
        yield this.say(row < 4 ? size : `${size}-all`, places);
      }
    if (!steps) yield this.say("noSteps");
  }

  /** @param {number} part */
  #share(part) {
    return this.number(part, { style: "percent", maximumSignificantDigits: 3 });
  }

  /** @param {number} value with the one digit that the paper prints */
  #score(value) {
    return this.number(value, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  }

  /**
   * @param {ReturnType<typeof mixture>} found
   * @param {boolean[]} chosen
   */
  #rows({ shares }, chosen) {
    return NAMES.map((name, n) =>
      make(
        "tr",
        {},
        make("th", { scope: "row", class: `mixture-part figure-${TINTS[n]}` }, this.say(name)),
        make("td", {}, this.number(chosen[n] ? SIZES[n] : 0)),
        make("td", {}, this.#share(shares[n])),
      ),
    );
  }

  /**
   * @param {ReturnType<typeof mixture>} found
   * @param {boolean[]} chosen
   */
  #bar({ tasks, all }, chosen) {
    const unit = WIDTH / all;
    let x = LEFT;
    const parts = SIZES.map((size, n) => {
      const width = chosen[n] ? size * unit : 0;
      x += width;
      return shape("rect", { class: `figure-${TINTS[n]}`, x: x - width, y: 22, width, height: 24 });
    });
    const left = shape("rect", { class: "figure-box figure-dashed", x, y: 22, width: LEFT + WIDTH - x, height: 24 });
    return [write(LEFT, 14, this.say("tasks", { tasks })), left, ...parts];
  }

  /**
   * @param {number} tasks
   * @param {number} row
   */
  *#chart(tasks, row) {
    const sums = [0, ...SIZES].map((_, n) => mixture(SIZES, SIZES.map((_, part) => part < n)).tasks);
    const at = (/** @type {number} */ count) => LEFT + (count / sums[4]) * WIDTH;
    yield write(LEFT, 66, this.say("axis"));
    for (const score of [0, 20, 40, 60]) {
      yield shape("path", { class: "mixture-grid", d: `M${LEFT} ${high(score)}h${WIDTH}` });
      yield write(LEFT - 6, high(score) + 4, this.number(score), "end");
    }
    for (const n of [0, 3, 4]) yield write(at(sums[n]), GROUND + 16, this.number(sums[n]), n < 4 ? "middle" : "end");
    if (row < 0) yield shape("path", { class: "figure-dashed", d: `M${at(tasks)} ${high(60)}V${GROUND}` });
    for (const [size, scores] of Object.entries(SCORES)) {
      const points = scores.map((score, n) => [at(sums[n]), high(score)]);
      yield shape("polyline", { points: points.join(" "), "stroke-width": 2 });
      for (const [n, [cx, cy]] of points.entries())
        yield shape("circle", { class: n === row ? "figure-e" : "figure-box", cx, cy, r: n === row ? 6 : 3 });
      yield write(150, points[4][1] + 20, this.say(`${size}-line`));
      if (row < 0) continue;
      const [x, y] = points[row];
      const told = this.#score(scores[row]);
      yield row < 4 ? write(x + 9, y + 14, told) : write(x, y - 9, told, "end");
    }
  }
}

/**
 * @param {number} x
 * @param {number} y
 * @param {string} text
 * @param {string} [anchor]
 */
function write(x, y, text, anchor = "start") {
  return shape("text", { class: "figure-text", x, y, "text-anchor": anchor }, text);
}

define("instruction", FigInstruction);
