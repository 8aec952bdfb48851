import { button, make } from "../cards/dom.js";
import { define, Figure, shape, write } from "./figure.js";
import { strongest, weightsOf } from "./heads-arithmetic.js";

/** @typedef {{ text: string, tokens: string[], weights: string[][] }} Sentence */

const CELL = 17; // units of the drawing
const LABELS = 64; // where the cells start, to the right of their tokens
const SHADES = 20; // a square is drawn with the others of its shade, since so many elements would be slow
const TOLD = 3; // of the strongest weights

// Until the data are there, or where they cannot be had, the drawing stands.
/** @type {{ zero: string, sentences: Sentence[] }} */
const data = await (await fetch(new URL("heads-data.json", import.meta.url))).json();

const lists = new Intl.ListFormat(document.documentElement.lang);

/** <fig-heads>: what each token of a sentence attends to in a head of a real model. */
export class FigHeads extends Figure {
  #shown = "";
  /** @type {HTMLButtonElement[]} */
  #tokens = [];
  /** The shares of the tokens. It is they that get a tint, since a browser takes long for the style of a button. @type {HTMLElement[]} */
  #weights = [];
  /** @type {SVGElement[]} */
  #shades = [];
  /** @type {SVGElement[]} */
  #names = [];
  /** @type {SVGElement | undefined} */
  #lines;
  /** @type {SVGElement | undefined} */
  #mark;
  /** @type {SVGElement | undefined} */
  #drawing;
  #frame = 0;

  connectedCallback() {
    super.connectedCallback();
    this.sheet("heads.css");
    // A token that is moved under a resting pointer is not pointed at.
    for (const kind of ["pointermove", "focusin", "click"])
      this.view.addEventListener(kind, ({ target }) => this.#point(/** @type {Element} */ (target)));
  }

  /** @param {Record<string, any>} values */
  update({ sentence, layer, head, token }) {
    const { tokens, weights } = data.sentences[sentence];
    if (!this.#drawing) this.#lay();
    // What an address says may be no place of this sentence.
    const from = Math.max(Math.min(Number(token) || 1, tokens.length), 1) - 1;
    const rows = weightsOf(weights[layer - 1][head - 1], tokens.length, data.zero);
    if (this.#shown !== sentence) this.#write(tokens);
    this.#shown = sentence;
    this.#tint(rows[from], from);
    // The weights of all tokens have a frame of their own, since both at once would be slow.
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#draw(tokens, rows, from));
    const list = strongest(rows[from], TOLD).map((at) =>
      this.say(tokens.indexOf(tokens[at]) === tokens.lastIndexOf(tokens[at]) ? "one" : "again", {
        token: tokens[at],
        at: at + 1,
        share: this.percent(rows[from][at] / 100),
      }),
    );
    return this.say("result", { layer, head, token: tokens[from], list: lists.format(list) });
  }

  /** @param {Element} target */
  #point(target) {
    const at = this.#tokens.findIndex((token) => token.contains(target)) + 1;
    if (at && this.fields.token.value !== String(at)) this.set({ token: at });
  }

  /** Lays out as many tokens as the longest sentence has. They stay, and so does the focus, whatever they come to say. */
  #lay() {
    const places = Array.from({ length: Math.max(...data.sentences.map(({ tokens }) => tokens.length)) });
    const shades = Array.from({ length: SHADES }, (_, at) => (at + 1) / SHADES);
    this.#weights = places.map(() => make("span", { class: "figure-share" }));
    this.#tokens = this.#weights.map((weight) => button({}, make("span"), weight));
    this.#names = places.map((_, at) => shape("text", { class: "figure-text", x: LABELS - 6, y: at * CELL + 14, "text-anchor": "end" }));
    this.#shades = shades.map((shade) => shape("path", { "fill-opacity": shade }));
    this.#lines = shape("path", { class: "heads-lines" });
    this.#mark = shape("rect", { x: 1, height: CELL, rx: 3, class: "heads-mark" });
    const cells = shape("g", { class: "heads-cells" }, ...this.#shades, this.#lines);
    this.#drawing = shape("svg", { "aria-hidden": "true", "font-size": 12 }, ...this.#names, cells, this.#mark);
    this.view.append(
      make("div", { class: "heads-tokens", role: "group", "aria-label": this.say("tokens") }, ...this.#tokens),
      make("p", { class: "heads-told" }, this.say("drawn")),
      this.#drawing,
    );
  }

  /** @param {string[]} tokens */
  #write(tokens) {
    for (const [at, button] of this.#tokens.entries()) {
      button.hidden = at >= tokens.length;
      write(/** @type {Element} */ (button.firstChild), tokens[at] ?? "");
    }
    this.#drawing?.setAttribute("viewBox", `0 0 360 ${CELL * tokens.length + 2}`);
  }

  /**
   * @param {number[]} row
   * @param {number} from
   */
  #tint(row, from) {
    for (const [at, weight] of row.entries()) {
      this.#tokens[at].ariaPressed = String(at === from);
      this.#weights[at].style.setProperty("--share", `${weight * 0.6}%`);
      write(this.#weights[at], this.percent(weight / 100));
    }
  }

  /**
   * @param {string[]} tokens
   * @param {number[][]} rows
   * @param {number} from
   */
  #draw(tokens, rows, from) {
    for (const [at, name] of this.#names.entries()) write(name, tokens[at] ?? "");
    const side = CELL * tokens.length;
    const lines = tokens.map((_, at) => `M${LABELS} ${at * CELL + 1}h${side}M${LABELS + at * CELL} 1v${side}`);
    this.#lines?.setAttribute("d", lines.join(""));
    this.#mark?.setAttribute("width", String(LABELS - 2 + side));
    const drawn = this.#shades.map(() => "");
    for (const [row, weights] of rows.entries())
      for (const [column, weight] of weights.entries()) {
        const shade = Math.round((weight / 100) * SHADES);
        if (shade) drawn[shade - 1] += square(row, column);
      }
    for (const [at, path] of drawn.entries()) this.#shades[at].setAttribute("d", path);
    this.#mark?.setAttribute("y", String(from * CELL + 1));
  }
}

/** The outline of a weight's square. @param {number} row @param {number} column */
function square(row, column) {
  return `M ${LABELS + column * CELL} ${row * CELL + 1} h${CELL}v${CELL}h${-CELL}z`;
}

define("heads", FigHeads);
