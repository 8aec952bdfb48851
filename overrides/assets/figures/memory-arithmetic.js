/* How much memory training takes on each GPU, without activations. */

/**
 * Bytes for each parameter: of its weight, its gradient and what Adam keeps for it.
 *
 * Mixed precision keeps 2 + 2 bytes, and in 32 bits a copy of the weight and two averages
 * (Rajbhandari et al. 2020, Section 3.1). In 32 bits alone there is no copy.
 */
const BYTES = { mixed: [2, 2, 12], full: [4, 4, 8] };

/**
 * What one GPU holds in GB, of 10⁹ bytes: weights, gradients, optimizer states, and all together.
 *
 * Stage 1 divides the optimizer states by the number of GPUs, stage 2 the gradients too, and stage 3
 * the weights as well (Rajbhandari et al. 2020, Section 5).
 *
 * @param {number} billions of parameters
 * @param {string} precision "mixed" or "full"
 * @param {number} stage of ZeRO, 0 to 3; in stage 0 nothing is divided
 * @param {number} gpus
 */
export function memory(billions, precision, stage, gpus) {
  const bytes = Object.hasOwn(BYTES, precision) && BYTES[/** @type {"mixed" | "full"} */ (precision)];
  if (!bytes || !(billions > 0 && billions < Infinity)) throw new RangeError("parameters");
  if (![0, 1, 2, 3].includes(stage) || !Number.isInteger(gpus) || gpus < 1) throw new RangeError("GPUs");
  const [weights, gradients, optimizer] = bytes.map((each, part) => (billions * each) / (part + stage > 2 ? gpus : 1));
  return { weights, gradients, optimizer, total: weights + gradients + optimizer };
}

/**
 * What one GPU holds in each of the stages 0 to 3.
 *
 * @param {number} billions of parameters
 * @param {string} precision "mixed" or "full"
 * @param {number} gpus
 */
export function stages(billions, precision, gpus) {
  return [0, 1, 2, 3].map((stage) => memory(billions, precision, stage, gpus));
}
