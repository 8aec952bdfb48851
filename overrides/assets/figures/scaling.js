/* Parameters against tokens: published models, lines of equal compute, and what a budget comes to. */

import { define, Figure, shape } from "./figure.js";
import { affordable, operations, scientific, split, TOKENS } from "./scaling-arithmetic.js";

// The edges of the plot in the drawing's units, what they stand for, and units to a tenfold.
const [LEFT, RIGHT, TOP, BOTTOM] = [46, 352, 44, 400];
const [LEAST_N, LEAST_D] = [1e9, 1e10];
const DECADE = (RIGHT - LEFT) / 3;
const MOST_N = 1e12;
const MOST_D = LEAST_D * 10 ** ((BOTTOM - TOP) / DECADE);
const EQUAL = [21, 22, 23, 24, 25];
/** @type {Record<string, [number, number, string]>} where a name stands beside its point, and from where */
const SIDES = {
  left: [-8, 4, "end"],
  right: [12, 4, "start"],
  above: [0, -9, "middle"],
  below: [18, 18, "end"],
  under: [0, 18, "middle"],
};

/** @typedef {{ row: HTMLElement, name: string, n: number, d: number }} Model */

class FigScaling extends Figure {
  /** @type {Model[]} */
  #models = [];
  /** What changes with the budget; all else is drawn once. */
  #budget = shape("g");

  /** @param {any} values */
  update({ factor, power }) {
    if (!this.#models.length) this.#begin();
    const budget = factor * 10 ** power;
    const { parameters, tokens } = split(budget);
    const told = { budget: this.#power(budget), n: this.#short(parameters), d: this.#short(tokens) };
    this.#budget.replaceChildren(...this.#lines(budget, told));
    return this.say("result", { ...told, n: this.#long(parameters), d: this.#long(tokens), ratio: TOKENS });
  }

  #begin() {
    this.sheet("scaling.css");
    for (const row of this.querySelectorAll("[data-n]")) {
      const { n, d } = /** @type {HTMLElement} */ (row).dataset;
      const model = { row: /** @type {HTMLElement} */ (row), name: row.querySelector("button")?.textContent ?? "" };
      const sized = { ...model, n: Number(n) * 1e9, d: Number(d) * 1e9 };
      this.#models.push(sized);
      const compute = this.number(operations(sized.n, sized.d) / 1e23, { maximumFractionDigits: 2 });
      const cells = [this.#short(sized.n), this.#short(sized.d), compute, this.#ratio(sized)];
      for (const [at, cell] of row.querySelectorAll("td").entries()) cell.textContent = cells[at];
    }
    this.view.prepend(this.#draw());
    this.#show(this.#models[0]);
    for (const kind of ["pointerover", "focusin", "click"])
      this.addEventListener(kind, ({ target }) => {
        const near = /** @type {Element} */ (target).closest("[data-model], [data-n]");
        if (near instanceof SVGElement) this.#show(this.#models[Number(near.dataset.model)]);
        else if (near) this.#show(/** @type {Model} */ (this.#models.find(({ row }) => row === near)));
      });
  }

  /**
   * Tells a model's numbers over the plot, and marks its point and its row.
   * @param {Model} model
   */
  #show(model) {
    for (const [at, each] of this.#models.entries()) {
      const chosen = each === model;
      each.row.ariaCurrent = chosen ? "true" : null;
      this.view.querySelector(`[data-model="${at}"]`)?.classList.toggle("figure-chosen", chosen);
    }
    const { name, n, d } = model;
    const told = { name, n: this.#short(n), d: this.#short(d), c: this.#power(operations(n, d)), ratio: this.#ratio(model) };
    const line = /** @type {Element} */ (this.view.querySelector(".figure-told"));
    line.textContent = this.say("told", told);
  }

  #draw() {
    return shape(
      "svg",
      { "aria-hidden": "true", viewBox: "0 0 360 436", fill: "none", stroke: "currentColor", "font-size": 13 },
      text(2, 32, this.say("tokens")),
      text(RIGHT, 14, "", { "text-anchor": "end", class: "figure-text figure-told" }),
      ...this.#axes(),
      ...this.#equal(),
      this.#budget,
      ...this.#models.map((model, at) => this.#point(model, at)),
    );
  }

  #axes() {
    const drawn = [shape("path", { d: `M${LEFT} ${TOP}V${BOTTOM}H${RIGHT}` })];
    let minor = "";
    for (let at = LEAST_N; at <= MOST_N; at *= 10) {
      drawn.push(text(x(at), BOTTOM + 16, this.#short(at), { "text-anchor": at < MOST_N ? "middle" : "end" }));
      for (let times = 1; times < 10 && at * times <= MOST_N; times++)
        minor += `M${x(at * times)} ${BOTTOM}v${times === 1 ? 5 : -4}`;
    }
    for (let at = LEAST_D; at <= MOST_D; at *= 10) {
      drawn.push(text(LEFT - 7, y(at) + 4, this.#short(at), { "text-anchor": "end" }));
      for (let times = 1; times < 10 && at * times <= MOST_D; times++)
        minor += `M${LEFT} ${y(at * times)}h${times === 1 ? -5 : 4}`;
    }
    drawn.push(shape("path", { d: minor }), text(RIGHT, BOTTOM + 31, this.say("parameters"), { "text-anchor": "end" }));
    return drawn;
  }

  /** The lines of equal compute, and the rule's. */
  #equal() {
    const drawn = EQUAL.flatMap((power) => {
      const [fromX, fromY, toX, toY] = ends(10 ** power);
      return [
        shape("path", { d: `M${fromX} ${fromY}L${toX} ${toY}`, "stroke-opacity": 0.5 }),
        text(fromX + 31, fromY + 23, this.say("equal", { c: this.#power(10 ** power) })),
      ];
    });
    drawn.push(
      shape("path", { d: `M${LEFT} ${y(TOKENS * LEAST_N)}L${RIGHT} ${y(TOKENS * MOST_N)}`, "stroke-width": 1.5 }),
      text(LEFT + 22, BOTTOM - 26, this.say("rule", { ratio: TOKENS })),
    );
    return drawn;
  }

  /**
   * The line of the budget, where it meets the rule's, and what that comes to.
   * @param {number} budget
   * @param {Record<string, string>} told
   */
  #lines(budget, told) {
    const [fromX, fromY, toX, toY] = ends(budget);
    const { parameters, tokens } = split(budget);
    const [atX, atY] = [x(parameters), y(tokens)];
    return [
      text(RIGHT, 32, this.say("drawn", told), { "text-anchor": "end", "font-weight": "bold" }),
      shape("path", { d: `M${fromX} ${fromY}L${toX} ${toY}`, "stroke-width": 2.5 }),
      // Lines to the axes would go through names.
      shape("path", { d: `M${LEFT} ${atY}H${LEFT + 12}M${atX} ${BOTTOM}V${BOTTOM - 12}`, "stroke-width": 3 }),
      shape("circle", { class: "figure-e", cx: atX, cy: atY, r: 9, "stroke-width": 2.5 }),
    ];
  }

  /**
   * @param {Model} model
   * @param {number} at
   */
  #point({ row, name, n, d }, at) {
    const [dx, dy, anchor] = SIDES[row.dataset.side ?? "left"];
    return shape(
      "g",
      { "data-model": at },
      // What is easy to point at.
      shape("circle", { cx: x(n), cy: y(d), r: 12, stroke: "none", "pointer-events": "all" }),
      shape("circle", { class: "figure-a figure-point", cx: x(n), cy: y(d), r: 4 }),
      text(x(n) + dx, y(d) + dy, name, { "text-anchor": anchor }),
    );
  }

  /** @param {Model} model */
  #ratio({ n, d }) {
    return this.number(d / n, { maximumSignificantDigits: 3 });
  }

  /** @param {number} value */
  #short(value) {
    return this.number(value, { notation: "compact", maximumSignificantDigits: 3 });
  }

  /** @param {number} value */
  #long(value) {
    return this.number(value, { notation: "compact", compactDisplay: "long", maximumSignificantDigits: 3 });
  }

  /** @param {number} value */
  #power(value) {
    const [factor, power] = scientific(value, 2);
    const raised = [...String(power)].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]).join("");
    return (factor === 1 ? "" : `${this.number(factor, { minimumFractionDigits: 2 })} × `) + `${this.number(10)}${raised}`;
  }
}

/** @param {number} parameters */
function x(parameters) {
  return LEFT + DECADE * Math.log10(parameters / LEAST_N);
}

/** @param {number} tokens */
function y(tokens) {
  return BOTTOM - DECADE * Math.log10(tokens / LEAST_D);
}

/**
 * Where the line of a compute enters the plot and leaves it.
 * @param {number} compute
 */
function ends(compute) {
  const first = Math.max(LEAST_N, compute / (6 * MOST_D));
  const last = Math.min(MOST_N, compute / (6 * LEAST_D));
  return [first, last].flatMap((n) => [x(n), y(affordable(compute, n))]);
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

define("scaling", FigScaling);
