/* Weights, gradients and optimizer states on each GPU, in the four stages. */

import { define, Figure, shape, write } from "./figure.js";
import { stages } from "./memory-arithmetic.js";

const LEFT = 8;
const WIDTH = 344;
const BAR = 20;
/** @type {["weights" | "gradients" | "optimizer", string][]} */
const PARTS = [
  ["weights", "figure-a"],
  ["gradients", "figure-b"],
  ["optimizer", "figure-c"],
];

/** @typedef {ReturnType<typeof stages>[number]} Held */

class FigMemory extends Figure {
  /**
   * Draws, and returns the result in words.
   * @param {any} values
   */
  update({ billions, precision, stage, gpus, room }) {
    this.sheet("memory.css");
    const held = stages(billions, precision, gpus);
    const chosen = Number(stage);
    this.#fill(held, chosen, room);
    this.view.querySelector("svg")?.remove();
    this.view.prepend(this.#bars(held, chosen, room));
    return this.#words(held, chosen, gpus, room);
  }

  /**
   * The four bars, to one scale, with the parts of the chosen one told.
   * @param {Held[]} held
   * @param {number} chosen
   * @param {number} room
   */
  #bars(held, chosen, room) {
    const scale = WIDTH / held[0].total;
    const end = LEFT + room * scale;
    // A line for a GPU into which everything fits would be outside.
    const limited = room < held[0].total;
    let y = limited ? 26 : 6;
    const drawn = [];
    for (const [stage, parts] of held.entries()) {
      drawn.push(...this.#bar(parts, stage, y, scale, stage === chosen));
      // Over the bars alone, since the line would go through their names.
      if (limited) drawn.push(shape("path", { d: `M${end} ${y + 17}V${y + 45}`, "stroke-width": 3 }));
      y += stage === chosen ? 116 : 54;
    }
    if (limited) drawn.push(text(end, 14, this.say("room", { room }), { "text-anchor": end > 180 ? "end" : "start" }));
    const named = { "aria-hidden": "true", viewBox: `0 0 360 ${y - 4}`, fill: "none", stroke: "currentColor" };
    return shape("svg", { ...named, "font-size": 14 }, ...drawn);
  }

  /**
   * One bar under its name, and below it, where it is the chosen one, what its parts are.
   * @param {Held} held
   * @param {number} stage
   * @param {number} y
   * @param {number} scale
   * @param {boolean} told
   */
  #bar(held, stage, y, scale, told) {
    const weight = { "font-weight": told ? "bold" : "normal" };
    const drawn = [
      text(LEFT, y + 12, this.say(`stage-${stage}`), weight),
      text(LEFT + WIDTH, y + 12, this.#gb(held.total), { ...weight, "text-anchor": "end" }),
    ];
    let x = LEFT;
    for (const [at, [part, tint]] of PARTS.entries()) {
      const width = held[part] * scale;
      drawn.push(shape("rect", { class: tint, x, y: y + 21, width, height: BAR }));
      if (told) drawn.push(...this.#label(x + width / 2, y + 21 + BAR, 2 - at, part, held[part]));
      x += width;
    }
    return drawn;
  }

  /**
   * The name of a part, at a line that leads down to its row: the last part has the first row, so that
   * no line crosses a name.
   * @param {number} x
   * @param {number} y
   * @param {number} row
   * @param {string} part
   * @param {number} gb
   */
  #label(x, y, row, part, gb) {
    const base = y + 20 + 18 * row;
    const at = Math.min(x + 8, 160);
    const line = at > x ? `M${x} ${y}V${base - 5}H${at - 3}` : `M${x} ${y}V${y + 6}`;
    return [shape("path", { d: line }), text(at, base, this.say(part, { gb: this.#gb(gb) }))];
  }

  /**
   * Fills the table.
   * @param {Held[]} held
   * @param {number} chosen
   * @param {number} room
   */
  #fill(held, chosen, room) {
    const rows = this.querySelectorAll("[data-row]");
    for (const [stage, parts] of held.entries()) {
      const told = [parts.weights, parts.gradients, parts.optimizer, parts.total].map((gb) => this.#short(gb));
      told.push(this.number(held[0].total / parts.total, { maximumFractionDigits: 2 }));
      told.push(this.say(parts.total <= room ? "yes" : "no"));
      for (const [at, value] of told.entries()) {
        const cell = /** @type {HTMLElement} */ (rows[at].children[stage + 1]);
        write(cell, value);
        cell.toggleAttribute("data-chosen", stage === chosen);
      }
    }
  }

  /**
   * @param {Held[]} held
   * @param {number} chosen
   * @param {number} gpus
   * @param {number} room
   */
  #words(held, chosen, gpus, room) {
    const { weights, gradients, optimizer, total } = held[chosen];
    const [first, second, third, all] = [weights, gradients, optimizer, total].map((gb) => this.#gb(gb));
    const times = this.number(held[0].total / total, { maximumFractionDigits: 2 });
    return [
      this.say("result", { stage: this.say(`stage-${chosen}`), first, second, third, all }),
      chosen && gpus > 1 ? this.say("less", { times }) : this.say("same"),
      total <= room ? this.say("fits", { rest: this.#gb(room - total), room }) : this.say("over", { room }),
    ].join(" ");
  }

  /** @param {number} gb */
  #gb(gb) {
    return this.say("gb", { gb: this.#short(gb) });
  }

  /** @param {number} gb */
  #short(gb) {
    return this.number(gb, { maximumSignificantDigits: 4 });
  }
}

/**
 * @param {number} x
 * @param {number} y
 * @param {string} content
 * @param {Record<string, string>} [attributes]
 */
function text(x, y, content, attributes = {}) {
  return shape("text", { class: "figure-text", x, y, ...attributes }, content);
}

define("memory", FigMemory);
