import { button, isWide, make } from "../cards/dom.js";
import { define, Fault, Figure } from "./figure.js";
import { views, words } from "./transformer-families-arithmetic.js";

/** More words than this would leave no room for their squares. */
const MOST = 10;
/** Which tint a kind of attention has, as in the drawing. */
const TINTS = { self: "figure-a", causal: "figure-b", cross: "figure-c", "": "" };

/** @typedef {{ family: string, input: string[], output: string[], seen: ReturnType<typeof views> }} Mask */

/** <fig-transformer-families>: which words of the reader's sentence each of them may see. */
export class FigTransformerFamilies extends Figure {
  /** The row that is told; at first that of the word which the first question asks about. */
  #row = 1;
  /** @type {Mask} */
  #mask = { family: "", input: [], output: [], seen: [] };

  connectedCallback() {
    this.sheet("transformer-families.css");
    super.connectedCallback();
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
    const table = this.#table();
    const room = make("div", { class: "mask-room" }, table);
    this.view.replaceChildren(room, make("p", { class: "mask-row", role: "status" }));
    const rows = [...table.querySelectorAll("tbody > tr")];
    const tell = (/** @type {Event} */ { target }) => {
      const at = rows.findIndex((row) => row.contains(/** @type {Node} */ (target)));
      if (at >= 0) this.#tell((this.#row = at));
    };
    for (const kind of ["pointerover", "focusin", "click"]) table.addEventListener(kind, tell);
    this.#tell(Math.min(this.#row, rows.length - 1));
    // By keys, one moves what is wider than the window only if it can have the focus.
    if (isWide(room)) {
      room.tabIndex = 0;
      room.role = "region";
      room.ariaLabel = this.say("caption");
    }
    const open = seen.flat().filter(Boolean).length;
    const nothing = family === "both" && !after.length ? this.say("unwritten") : "";
    return `${this.say(family, { open, all: seen.length ** 2 })} ${nothing}`.trim();
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

  #table() {
    const { family, input, output, seen } = this.#mask;
    const all = [...input, ...output];
    const table = make("table", { class: "mask" }, make("caption", {}, this.say("caption")), make("thead"));
    const groups = [input, output].map((part, n) => ({ part, name: this.say(n ? "output" : "input") }));
    const both = family === "both";
    const ahead = () => make("td", both ? { colspan: "2" } : {});
    const heads = groups.flatMap(({ part, name }) => head("colgroup", "colspan", part, name));
    if (both) table.tHead?.append(make("tr", {}, ahead(), ...heads));
    table.tHead?.append(make("tr", {}, ahead(), ...all.map((word) => make("th", { scope: "col" }, turned(word)))));
    for (const { part, name } of groups) {
      const first = table.rows.length - (both ? 2 : 1);
      const rows = part.map((word, n) => {
        const cells = seen[first + n].map((kind) => make("td", { class: TINTS[kind] }, kind && "●"));
        return make("tr", {}, make("th", { scope: "row" }, button({}, make("bdi", {}, word))), ...cells);
      });
      if (both) rows[0]?.prepend(...head("rowgroup", "rowspan", part, turned(name)));
      table.append(make("tbody", {}, ...rows));
    }
    return table;
  }

  /**
   * Tells in words what the word of a row sees.
   * @param {number} at
   */
  #tell(at) {
    this.view.querySelectorAll("tbody > tr").forEach((row, n) => row.classList.toggle("mask-told", n === at));
    const { family, input, output, seen } = this.#mask;
    const reads = at < input.length;
    const part = reads ? input : output;
    // Of its own text a word sees the beginning, or all.
    const until = seen[at].filter((kind) => kind && kind !== "cross").length;
    const rest = part.slice(until);
    const word = [...input, ...output][at];
    const given = { word: [word], input, start: part.slice(0, until), rest };
    const values = Object.fromEntries(Object.entries(given).map(([name, words]) => [name, quoted(words)]));
    const ahead = seen[at].includes("causal") ? this.say(rest.length ? "hidden" : "last", values) : "";
    const text = `${this.say(`sees-${reads ? family : "written"}`, values)} ${ahead}`.trim();
    const told = this.view.querySelector(".mask-row");
    // What is said again is read again.
    if (told && told.textContent !== text) told.textContent = text;
  }
}

/**
 * Words as a text of their own, in whichever direction they run.
 * @param {string[]} part
 */
function quoted(part) {
  return `\u2068${part.join(" ")}\u2069`;
}

/** A head that stands upright, to be as narrow as a square. @param {string} word */
function turned(word) {
  return make("bdi", { class: "mask-turned" }, word);
}

/**
 * The head of a text's words; none where there are no words.
 * @param {string} scope
 * @param {string} span
 * @param {string[]} part
 * @param {Node | string} name
 */
function head(scope, span, part, name) {
  return part.length ? [make("th", { scope, [span]: String(part.length) }, name)] : [];
}

define("transformer-families", FigTransformerFamilies);
