/*
 * A learner's record as a file: saved, and brought in from another device once it was looked at.
 */
import { say } from "../words/say.js";
import { wordsOf } from "../words/words.js";
import { button, make } from "./dom.js";
import { exported, merge, preview } from "./record-file.js";

/** @typedef {import("./study-board.js").StudyBoard} StudyBoard */

const words = wordsOf("copy");

const UNTIL_READ = 60_000; // ms that a browser may take to begin a download

/** @param {StudyBoard} board */
export async function save(board) {
  const { record } = board;
  const { reviews } = board;
  const content = await exported(record).catch((error) => board.say(error.message));
  if (!content) return;
  if (!content.events.length) return board.say(words.nothingToSave);
  const address = URL.createObjectURL(new Blob([JSON.stringify(content)], { type: "application/json" }));
  const name = `${record.deck}-${today()}.json`;
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), UNTIL_READ);
  await record.set("copied", reviews);
  board.say(say(words.saved, { name }));
  board.show();
}

/**
 * Shows what a file holds, and offers to bring it in.
 * @param {StudyBoard} board
 * @param {File} file
 * @param {HTMLElement} chooser where the focus goes afterwards
 * @param {{anyDeck?: boolean}} [options]
 */
export async function look(board, file, chooser, options) {
  board.say(words.moment);
  const text = await file.text().catch(() => "");
  const { fresh, known, foreign, problem } = await preview(board.record, text, board.cards, options);
  /** @type {(label: string, does: () => unknown) => HTMLButtonElement} */
  const choice = (label, does) => {
    const made = button({}, label);
    made.addEventListener("click", does);
    return made;
  };
  const end = (/** @type {string} */ said) => {
    board.inFile.hidden = true;
    board.say(said);
    chooser.focus();
  };
  const take = async () => {
    board.say(words.moment);
    const failed = await merge(board.record, text, options).catch((error) => error.message);
    end(failed ?? (fresh ? say(words.taken, { n: fresh }) : words.noneTaken));
    board.show();
  };
  const choices = [];
  if (!problem) choices.push(choice(words.take, take));
  else if (!options && !(await preview(board.record, text, [], { anyDeck: true })).problem)
    choices.push(choice(words.anyDeck, () => look(board, file, chooser, { anyDeck: true })));
  choices.push(choice(words.leave, () => end(words.left)));
  board.say("");
  board.inFile.ariaLabel = words.inFile;
  board.inFile.replaceChildren(
    make("p", {}, file.name),
    make("p", {}, problem || holds(fresh, known)),
    ...(foreign ? [make("p", {}, say(words.foreign, { n: foreign }))] : []),
    make("div", { class: "board-buttons" }, ...choices),
  );
  board.inFile.hidden = false;
  board.inFile.focus();
}

/** The date here, such as 2026-05-31. */
function today() {
  const now = new Date();
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
}

/**
 * @param {number} fresh
 * @param {number} known
 */
function holds(fresh, known) {
  return say(words.holds, {
    fresh: fresh ? say(words.fresh, { n: fresh }) : words.noneFresh,
    known: say(words.known, { n: known }),
  });
}
