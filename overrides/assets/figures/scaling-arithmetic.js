/* What a budget of computation comes to in parameters and tokens. */

/** Tokens for each parameter: the rule of thumb after Hoffmann et al. 2022. */
export const TOKENS = 20;

/**
 * The operations that training takes: 6 for each parameter and token (Kaplan et al. 2020, Section 2.1).
 *
 * @param {number} parameters
 * @param {number} tokens
 */
export function operations(parameters, tokens) {
  return 6 * amount(parameters) * amount(tokens);
}

/**
 * The parameters and tokens that the rule of thumb makes of a budget.
 *
 * From C = 6ND and D = 20N follows C = 120N², so that N = √(C ÷ 120).
 *
 * @param {number} budget in operations
 */
export function split(budget) {
  const parameters = Math.sqrt(amount(budget) / (6 * TOKENS));
  return { parameters, tokens: TOKENS * parameters };
}

/**
 * The tokens that a budget pays for.
 *
 * @param {number} budget in operations
 * @param {number} parameters
 */
export function affordable(budget, parameters) {
  return amount(budget) / (6 * amount(parameters));
}

/**
 * A number as a factor from 1 to below 10 and the power of ten that goes with it.
 *
 * @param {number} value
 * @param {number} digits of the factor after the point
 * @returns {[number, number]}
 */
export function scientific(value, digits) {
  const [factor, power] = amount(value).toExponential(digits).split("e");
  return [Number(factor), Number(power)];
}

/** @param {number} value */
function amount(value) {
  if (!(value > 0 && value < Infinity)) throw new RangeError("amount");
  return value;
}
