import { make } from "../cards/dom.js";
import { define, Figure, shape, write } from "./figure.js";
import { taken } from "./shots-arithmetic.js";

// The bar of the window, in units of the drawing.
const LEFT = 4;
const WIDTH = 352;

/** <fig-shots>: a prompt that grows by its examples, and what it takes of a window. */
export class FigShots extends Figure {
  connectedCallback() {
    super.connectedCallback();
    this.sheet("shots.css");
  }

  /** @param {Record<string, any>} values */
  update({ shots, task, window, kept, cuts }) {
    const all = [...this.querySelectorAll(`[data-task="${task}"] li`)].map((part) => part.textContent ?? "");
    const tokens = all.map((part) => part.split("|").length);
    const found = { ...taken(tokens, shots, window, kept), window, kept, shots };
    const used = [...all.keys()].filter((n) => n <= shots || n === all.length - 1);
    const rows = used.map((n) => {
      const [kind, tint] = n === 0 ? ["instruction", "a"] : n > shots ? ["query", "c"] : ["example", "b"];
      // Without cuts the breaks before a part are told by the rows.
      const text = cuts ? all[n] : all[n].replaceAll("|", "").replace(/^↵+/, "").replaceAll("↵", "\n");
      return make(
        "tr",
        {},
        make("th", { scope: "row", class: `shots-part figure-${tint}` }, this.say(kind, { n })),
        make("td", { class: "shots-text" }, text),
        make("td", {}, this.number(tokens[n])),
      );
    });
    this.view.querySelector("tbody")?.replaceChildren(...rows);
    for (const [n, cell] of this.view.querySelectorAll("tfoot > tr > td").entries())
      write(cell, this.number([found.prompt, kept][n]));
    this.view.querySelector("svg")?.replaceWith(this.#bar(found));
    const share = this.number(found.share, { style: "percent", maximumSignificantDigits: 3 });
    const places = { ...found, share, over: -found.free };
    const kind = ["zero", "one"][shots] ?? "few";
    const end = found.free < 0 ? "over" : "fit";
    return ["result", kind, end].map((text) => this.say(text, places)).join(" ");
  }

  /** @param {ReturnType<typeof taken> & {window: number, kept: number}} found */
  #bar({ instruction, examples, query, kept, free, window, prompt, mean }) {
    const scale = WIDTH / Math.max(window, prompt + kept);
    const at = (/** @type {number} */ tokens) => LEFT + tokens * scale;
    const drawn = shape("svg", { viewBox: "0 0 360 88", "font-size": 12, "aria-hidden": "true" });
    const write = (/** @type {number} */ x, /** @type {number} */ y, /** @type {string} */ text) =>
      shape("text", { class: "figure-text", x, y, "text-anchor": x > 180 ? "end" : "start" }, text);
    const line = (/** @type {string} */ d) => shape("path", { d, stroke: "currentColor" });
    let from = 0;
    const parts = { a: instruction, b: examples, c: query, d: kept, box: Math.max(free, 0) };
    for (const [look, size] of Object.entries(parts)) {
      const place = { x: at(from), y: 22, width: size * scale, height: 24 };
      drawn.append(shape("rect", { class: `figure-${look}${look === "d" ? " figure-dashed" : ""}`, ...place }));
      from += size;
    }
    drawn.append(write(LEFT, 14, this.say("taken", { taken: prompt + kept })));
    drawn.append(write(LEFT + WIDTH, 14, this.say(free < 0 ? "lacking" : "free", { free: Math.abs(free) })));
    if (free < 0) drawn.append(line(`M${at(window)} 18V54`), write(at(window), 66, this.say("end")));
    else
      [10, 100].forEach((n, row) => {
        const end = instruction + query + kept + n * mean;
        const y = 68 + 16 * row;
        if (end > window) return;
        const x = at(end);
        drawn.append(line(`M${x} 46V${y - 4}`), write(x + (x > 180 ? -5 : 5), y, this.say("mark", { n })));
      });
    return drawn;
  }
}

define("shots", FigShots);
