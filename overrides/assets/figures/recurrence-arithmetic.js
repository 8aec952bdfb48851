/*
 * A toy of a recurrent network: Elman's, with twelve units and random weights that nothing has
 * trained (Elman 1990; state = tanh(W × state before + word)).
 */

import { drawn } from "../cards/seed.js";

/** How many numbers the state has. */
export const UNITS = 12;
/** More words than this are not read, lest a page stand still. */
const MOST = 1000;
/** How often the matrix is squared to learn its radius, so that its 4,096th power is taken. */
const SQUARINGS = 12;

/** The matrix that was asked for last. */
let last = { seed: NaN, matrix: /** @type {number[][]} */ ([]) };

/**
 * How far apart two states are after each step, if only the first of their words differs; at a gain
 * that is too large for a computer's numbers every unit is at an end of its range.
 * @param {number} seed
 * @param {number} gain spectral radius of the recurrent matrix
 * @param {number} steps how many words are read
 * @returns {number[]} Euclidean distances, without unit, at most 2 × √12
 */
export function distances(seed, gain, steps) {
  const [ones, others] = [0, 1].map((first) => states(seed, gain, steps, first));
  return ones.map((one, step) => Math.hypot(...one.map((unit, n) => unit - others[step][n])));
}

/**
 * The state after each step.
 * @param {number} seed
 * @param {number} gain
 * @param {number} steps
 * @param {number} first which of two words stands first, 0 or 1
 */
export function states(seed, gain, steps, first) {
  if (![seed, gain].every(Number.isFinite)) throw new RangeError("gain");
  if (!Number.isInteger(steps) || steps < 1 || steps > MOST) throw new RangeError("steps");
  // Who changes the gain keeps the matrix, of which the radius takes the most work.
  if (seed !== last.seed) last = { seed, matrix: weights(seed) };
  const { matrix } = last;
  /** @type {number[][]} */
  const found = [];
  let state = Array(UNITS).fill(0);
  for (let step = 1; step <= steps; step++) {
    const read = word(seed, step === 1 ? `first ${first}` : `${step}`);
    // The gain comes last: at the largest of numbers two infinities would not add up.
    state = matrix.map((row, n) => Math.tanh(gain * product(row, state) + read[n]));
    found.push(state);
  }
  return found;
}

/**
 * How many steps halve a share, on average (its half-life); 0 where it has not halved.
 * @param {number} share what is left of 1
 * @param {number} steps in which it became so
 */
export function halving(share, steps) {
  return share > 0 && share < 0.5 ? steps / -Math.log2(share) : 0;
}

/**
 * The vector of a word, from -1 to 1 in each unit.
 * @param {number} seed
 * @param {string} name
 */
export function word(seed, name) {
  return Array.from({ length: UNITS }, (_, unit) => chance(`${seed} word ${name} ${unit}`));
}

/**
 * The recurrent matrix before the gain, with a spectral radius of 1.
 * @param {number} seed
 */
export function weights(seed) {
  const rows = Array.from({ length: UNITS }, (_, row) =>
    Array.from({ length: UNITS }, (_, column) => chance(`${seed} weight ${row} ${column}`)),
  );
  return scaled(rows, 1 / radius(rows));
}

/**
 * The spectral radius of a matrix, by Gelfand's formula: the k-th root of the norm of its k-th power.
 * @param {number[][]} matrix
 */
export function radius(matrix) {
  let power = matrix;
  let logarithm = 0;
  for (let n = 0, root = 1; n <= SQUARINGS; n++, root /= 2) {
    const norm = Math.hypot(...power.flat());
    logarithm += root * Math.log(norm);
    const unit = scaled(power, 1 / norm);
    const columns = unit.map((_, column) => unit.map((row) => row[column]));
    power = unit.map((row) => columns.map((column) => product(row, column)));
  }
  return Math.exp(logarithm);
}

/**
 * @param {number[][]} matrix
 * @param {number} factor
 */
function scaled(matrix, factor) {
  return matrix.map((row) => row.map((entry) => entry * factor));
}

/**
 * @param {number[]} a
 * @param {number[]} b
 */
function product(a, b) {
  return a.reduce((sum, entry, n) => sum + entry * b[n], 0);
}

/** A number between -1 and 1, even there. @param {string} seed */
function chance(seed) {
  return (drawn(seed, 2 ** 32) + 0.5) / 2 ** 31 - 1;
}
