/** Weights that prompts are computed with: the decoder's own, or a second copy with 8 bits. */
export type PrefillWeights = 'shared' | 'int8';
