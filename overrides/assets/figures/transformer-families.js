import { button, make } from "../cards/dom.js";
import { define, Fault, Figure, shape, write } from "./figure.js";
import { views, words } from "./transformer-families-arithmetic.js";

/** More words than this would leave no room for their squares. */
const MOST = 10;
// The sides of a square, in pixels. The sheet has the same.
const WIDE = 20;
const HIGH = 24;
/** What is drawn, and how: each kind of attention in its tint, as in the drawing. */
const LOOKS = { self: "figure-a", causal: "figure-b", cross: "figure-c", lines: "mask-lines", dots: "mask-dots" };

/** @typedef {{ family: string, input: string[], output: string[], seen: ReturnType<typeof views> }} Mask */

/** <fig-transformer-families>: which words of the reader's sentence each of them may see. */
class FigFamilies extends Figure {
  /** The row that is told; at first that of the word which the first question asks about. */
  #row = 1;
  /** @type {Mask} */
  #mask = { family: "", input: [], output: [], seen: [] };
  /** The words that look, one for each row. @type {Element[]} */
  #words = [];
  /** What frames the row that is told. @type {Element | undefined} */
  #mark;

  connectedCallback() {
    this.sheet("transformer-families.css");
    super.connectedCallback();
    for (const kind of ["pointermove", "focusin", "click"]) this.view.addEventListener(kind, (event) => this.#point(event));
  }

  /** @param {Record<string, string | number | boolean>} values */
  set(values) {
    this.#row = 1;
    super.set(values);
  }

  /** @param {Record<string, any>} values */
  update({ family, text, output }) {
    /** @type {HTMLElement} */ (this.fields.output.parentElement).hidden = family !== "both";
    const input = this.#read("text", text);
    if (!input.length) throw new Fault("text", "empty");
    const after = family === "both" ? this.#read("output", output) : [];
    const seen = views(family, input.length, after.length);
    this.#mask = { family, input, output: after, seen };
    this.#draw();
    this.#tell(Math.min(this.#row, seen.length - 1));
    const open = seen.flat().filter(Boolean).length;
    const nothing = family === "both" && !after.length ? " " + this.say("unwritten") : "";
    return `${this.say(family, { open, all: seen.length ** 2 })}${nothing}`;
  }

  /**
   * @param {string} field
   * @param {string} text
   */
  #read(field, text) {
    const found = words(text);
    if (found.length > MOST) throw new Fault(field, "many", { count: found.length, most: MOST });
    return found;
  }

  /** The words as they look and as they are seen, and between them all squares as one drawing: a table would be slow. */
  #draw() {
    const { input, output } = this.#mask;
    const all = [...input, ...output];
    const parts = output.length ? { input, output } : {};
    const hidden = [
      ...Object.entries(parts).map(([name, part], n) => at(1, n * input.length + 2, make("span", {}, this.say(name)), part.length)),
      ...all.map((word, n) => at(2, n + 2, make("bdi", {}, word))),
      at(3, 2, this.#squares(), all.length),
    ];
    for (const each of hidden) each.ariaHidden = "true";
    this.#words = all.map((word, n) => at(n + 3, 1, button({}, make("bdi", {}, word))));
    this.view.replaceChildren(make("div", { class: "mask" }, ...hidden, ...this.#words));
  }

  /** @param {any} event */
  #point({ target, offsetY }) {
    const word = this.#words.findIndex((word) => word.contains(target));
    const row = target.closest("svg") ? Math.floor(offsetY / HIGH) : word;
    if (this.#mask.seen[row]) this.#tell((this.#row = row));
  }

  #squares() {
    const { seen } = this.#mask;
    const [width, height] = [WIDE * seen.length, HIGH * seen.length];
    /** @type {Record<string, string>} */
    const drawn = { self: "", causal: "", cross: "", lines: "", dots: "" };
    for (const [row, kinds] of seen.entries()) {
      drawn.lines += `M0 ${row * HIGH}h${width}M${row * WIDE} 0v${height}`;
      for (const [column, kind] of kinds.entries()) {
        if (!kind) continue;
        drawn[kind] += `M ${column * WIDE} ${row * HIGH}h${WIDE}v${HIGH}h${-WIDE}z`;
        drawn.dots += `M ${(column + 0.5) * WIDE} ${(row + 0.5) * HIGH}h0`;
      }
    }
    this.#mark = shape("path", { class: "mask-mark" });
    return shape(
      "svg",
      { width, height },
      ...Object.entries(LOOKS).map(([kind, look]) => shape("path", { class: look, d: drawn[kind] })),
      this.#mark,
    );
  }

  /**
   * Tells in words what the word of a row sees.
   * @param {number} at
   */
  #tell(at) {
    const { family, input, output, seen } = this.#mask;
    const [x, y, width] = [WIDE * input.length, HIGH * input.length, WIDE * seen.length];
    // Between the input and the output, and around the row.
    this.#mark?.setAttribute("d", `M0 ${y}h${width}M${x} 0V999M1 ${at * HIGH + 1}h${width - 2}v${HIGH - 2}H1z`);
    for (const [n, word] of this.#words.entries()) word.ariaPressed = String(n === at);
    const reads = at < input.length;
    const part = reads ? input : output;
    // Of its own text a word sees the beginning, or all.
    const until = seen[at].filter((kind) => kind && kind !== "cross").length;
    const rest = part.slice(until);
    const word = part[reads ? at : at - input.length];
    const values = { word: quoted([word]), input: quoted(input), start: quoted(part.slice(0, until)), rest: quoted(rest) };
    const ahead = seen[at].includes("causal") ? this.say(rest.length ? "hidden" : "last", values) : "";
    const text = `${this.say(`sees-${reads ? family : "written"}`, values)} ${ahead}`.trim();
    const told = this.querySelector(".mask-row");
    if (told) write(told, text);
  }
}

/**
 * Words as a text of their own, in whichever direction they run.
 * @param {string[]} part
 */
function quoted(part) {
  return `\u2068${part.join(" ")}\u2069`;
}

/**
 * An element at its place among the rows and columns.
 * @template {HTMLElement | SVGElement} Placed
 * @param {number} row
 * @param {number} column
 * @param {Placed} element
 * @param {number} [columns] that it spans
 */
function at(row, column, element, columns = 1) {
  element.style.gridArea = `${row} / ${column} / auto / span ${columns}`;
  return element;
}

define("transformer-families", FigFamilies);
