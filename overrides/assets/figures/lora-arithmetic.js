/*
 * What LoRA trains in place of a matrix. Hu et al. 2021, Section 4.1: W = W₀ + BA, with W₀ of d × k,
 * B of d × r and A of r × k.
 */

/**
 * Counts numbers of a matrix and of the two factors of a change to it.
 * @param {number} d rows of the matrix
 * @param {number} k columns of the matrix
 * @param {number} r rank: columns of B and rows of A
 * @param {number} [matrices] that are adapted so
 */
export function factors(d, k, r, matrices = 1) {
  const full = d * k;
  const b = d * r;
  const a = r * k;
  return {
    full,
    b,
    a,
    trained: b + a,
    /** of the matrix's numbers, as a part of 1 */
    share: (b + a) / full,
    total: matrices * (b + a),
    /** the highest rank at which the factors have fewer numbers than the matrix; 0 if none has */
    lastSaving: Math.ceil(full / (d + k)) - 1,
  };
}
